import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOutMail, type MailBrand, type MailPart } from "wispy-auth/module";

const brand: MailBrand = { name: "Acme", color: "#4f46e5", footer: "Acme Inc., 1 Main Street" };
const url = "https://app.example.com/verify?token=abc&next=%2Fhome";

const layOut = (parts: readonly MailPart[], changes: Partial<MailBrand> = {}) =>
  layOutMail({ brand: { ...brand, ...changes }, subject: "Hello", parts });

/** What a reader of the HTML sees: no head, no tags, no entities. */
const seen = (html: string): string =>
  html
    .replace(/[\s\S]*<\/head>/, "")
    .replace(/<div[^>]*display:none[\s\S]*?<\/div>/, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, " ");

describe("the layout of mails", () => {
  it("says the same in text and in HTML", () => {
    const { subject, text, html } = layOut([
      { heading: "Reset your password" },
      { paragraph: "Somebody asked for it." },
      { button: "Choose a new one", url },
      { code: "123 456" },
      { note: "Good for an hour." },
    ]);
    expect(subject).toBe("Hello");
    expect(text).toBe(
      [
        "Reset your password",
        "Somebody asked for it.",
        `Choose a new one:\n${url}`,
        "    123 456",
        "Good for an hour.",
        "-- \nAcme\nAcme Inc., 1 Main Street\n",
      ].join("\n\n"),
    );
    const visible = seen(html);
    for (const line of text.split("\n").filter((part) => part.trim() !== "" && part !== "-- ")) {
      expect(visible).toContain(line.trim().replace(/:$/, ""));
    }
  });

  it("leads where it says, and nowhere but to the web", () => {
    const { html } = layOut([{ button: "Go", url }]);
    expect(html).toContain('href="https://app.example.com/verify?token=abc&#38;next=%2Fhome"');
    for (const wrong of [
      "javascript:alert(1)",
      "data:text/html,x",
      "/relative",
      "",
      "mailto:a@example.com",
    ]) {
      expect(() => layOut([{ button: "Go", url: wrong }])).toThrow(/web address/);
    }
  });

  it("takes nothing for markup, and lets no value write a line of its own", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        '"><img src=x onerror=alert(1)>',
        "</td></table><h1>",
        "a\r\nb",
        "a\u2028b",
        "\u202eevil",
        "&lt;b&gt;",
      ),
    );
    const plain = layOut([
      { heading: "x" },
      { paragraph: "x" },
      { code: "x" },
      { note: "x" },
      { button: "x", url },
    ]);
    const tags = (html: string) => html.match(/<[^>]*>/g)?.map((tag) => tag.replace(/"[^"]*"/g, ""));
    fc.assert(
      fc.property(hostile, hostile, hostile, (one, two, three) => {
        const { html, text } = layOut(
          [{ heading: one }, { paragraph: two }, { code: three }, { note: one }, { button: two, url }],
          { name: `Acme ${three}` },
        );
        expect(tags(html)).toEqual(tags(plain.html));
        expect(text.split("\n").length).toBe(plain.text.split("\n").length);
        expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it("can be read: by eye in either ink, in the dark, and aloud", () => {
    const contrast = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const luminance = (hex: string): number => {
      const [r, g, b] = [1, 3, 5].map((at) => {
        const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
        return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const hexColor = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, "0")}`);
    fc.assert(
      fc.property(hexColor, (color) => {
        const { html } = layOut([{ button: "Go", url }], { color });
        const ink = /<a [^>]*[^-]color:(#[0-9a-f]{6})/.exec(html)![1]!;
        // WCAG 2.2, 1.4.3.
        expect(contrast(luminance(ink), luminance(color))).toBeGreaterThanOrEqual(4.5);
      }),
    );
    const { html } = layOutMail({ brand, subject: "Hallo", language: "de", parts: [{ heading: "Hallo" }] });
    expect(html).toContain('<html lang="de">');
    expect(html).toContain("prefers-color-scheme:dark");
    expect(html.match(/<table/g)?.length).toBe(html.match(/<table role="presentation"/g)?.length);
    const logo = layOut([{ heading: "x" }], { logoUrl: "https://acme.example/logo.png" }).html;
    expect(logo).toContain('src="https://acme.example/logo.png" alt="Acme"');
  });
});
