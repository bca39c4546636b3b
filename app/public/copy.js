// Brings the buttons to life that copy a text. Without this script, the text can be selected with one click.
if (navigator.clipboard !== undefined) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const [source, label] = [document.getElementById(button.dataset.copy), button.textContent];
    button.setAttribute("aria-live", "polite");
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(source.textContent.trim()).then(
        () => {
          button.textContent = "Copied";
          setTimeout(() => (button.textContent = label), 2500);
        },
        // The browser does not allow it.
        () => getSelection().selectAllChildren(source),
      );
    });
  }
}
