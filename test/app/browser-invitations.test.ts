import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { useApplication } from "./support/start-application.ts";
import { chromium, desktop, phone, useBrowser } from "./support/use-browser.ts";

forEachDatabase("invitations in Chromium", (ctx) => {
  if (chromium === null) return it.skip("needs Chromium");
  const app = useApplication(ctx);
  const { openPage, signUp } = useBrowser(app);

  async function makeCode(page: Page, code: string): Promise<void> {
    await page.goto(`${app.url}/invite`);
    const field = page.getByLabel("A code of your own");
    if (!(await field.isVisible())) await page.getByText("Make another code").click();
    await field.fill(code);
    await page.getByRole("button", { name: "Make the code" }).click();
    await page.getByText("Your code is ready.").waitFor();
  }

  async function addNote(page: Page): Promise<void> {
    await page.getByLabel("New note").fill("My very own");
    await page.getByRole("button", { name: "Add the note" }).click();
    await page.getByRole("listitem").filter({ hasText: "My very own" }).waitFor();
  }

  const patient = { timeout: 180_000 };

  const codeCard = (page: Page, code: string) =>
    page.getByRole("list", { name: "Codes" }).getByRole("listitem").filter({ hasText: code });

  it.each([
    ["desktop", desktop, "ANN-DESKTOP"],
    ["phone", phone, "ANN-PHONE"],
  ])(
    "go from a code to a link, a friend, a reward and the leaderboard (%s)",
    patient,
    async (_, size, code) => {
      const [page, friend] = [await openPage(size), await openPage(size)];
      await signUp(page, newCredentials());
      await page.getByRole("link", { name: "Invite" }).click();
      await makeCode(page, code);
      const link = await codeCard(page, code).getByLabel("The link to share").innerText();
      expect(link).toBe(`${app.url}/invite/${code}`);

      await friend.goto(link);
      await friend.getByText("You are invited.").waitFor();
      expect(await friend.getByLabel("Invitation code").inputValue()).toBe(code);
      // Another way to the form: the link is remembered.
      await signUp(friend, { ...newCredentials(), name: "Bob", path: "/sign-up" });
      await friend.getByText("You came by an invitation").waitFor();

      await page.goto(`${app.url}/invite`);
      const joined = page.getByRole("list", { name: "Friends" }).getByRole("listitem");
      expect(await joined.allInnerTexts()).toEqual([expect.stringContaining("no note yet")]);
      expect(await page.content()).not.toContain("Bob");
      await page.getByText("Waiting for a first note").waitFor();
      await addNote(friend);
      await page.reload();
      expect(await joined.allInnerTexts()).toEqual([expect.stringContaining("counts")]);
      const rewards = page.getByRole("list", { name: "Rewards" }).getByRole("listitem");
      expect(await rewards.allInnerTexts()).toEqual([expect.stringMatching(/10 credits[^]*yours/)]);
      await page.getByRole("img", { name: /^Friends who joined each day .*: 1 in all$/ }).waitFor();
      await friend.getByRole("link", { name: "Invite" }).click();
      await friend.getByText("for joining by an invitation").waitFor();

      await page.getByRole("link", { name: "Leaderboard" }).click();
      await page.getByLabel("Name to be shown by").fill(`Queen of ${code}`);
      await page.getByRole("button", { name: "Put me on the leaderboard" }).click();
      const row = friend.getByRole("row").filter({ hasText: `Queen of ${code}` });
      await friend.goto(`${app.url}/leaderboard`);
      expect((await row.getByRole("cell").allInnerTexts()).map((text) => text.trim())).toEqual(["1", "1"]);
      const bar = await row.locator("svg rect").last().boundingBox();
      expect(bar!.width).toBeGreaterThan(100);
      for (const path of ["/", "/invite", "/leaderboard", "/account", `/sign-up?code=${code}`]) {
        await page.goto(app.url + path);
        const { width } = size.viewport!;
        expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([
          path,
          width,
        ]);
      }
      await page.goto(`${app.url}/leaderboard`);
      await page.getByRole("button", { name: "Take me off the leaderboard" }).click();
      await page.getByText("You are not on the leaderboard any more.").waitFor();
      expect(
        await page
          .getByRole("row")
          .filter({ hasText: `Queen of ${code}` })
          .count(),
      ).toBe(0);
    },
  );

  it("are copied by a button, and selected whole by a click where there is no script", patient, async () => {
    const user = newCredentials();
    const page = await openPage({ ...desktop, permissions: ["clipboard-read", "clipboard-write"] });
    await signUp(page, user);
    await makeCode(page, "COPY-ME");
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${app.url}/invite/COPY-ME`);

    const plain = await openPage({ ...desktop, javaScriptEnabled: false });
    await signUp(plain, newCredentials());
    await makeCode(plain, "SELECT-ME");
    expect(await plain.getByRole("button", { name: "Copy link" }).count()).toBe(0);
    const link = plain.getByLabel("The link to share");
    expect(await link.evaluate((element) => getComputedStyle(element).userSelect)).toBe("all");
    expect(await plain.getByRole("link", { name: "Send by e-mail" }).getAttribute("href")).toContain(
      encodeURIComponent(`${app.url}/invite/SELECT-ME`),
    );
  });

  it("stop while their code is paused, and say so plainly", patient, async () => {
    const [page, friend] = [await openPage(phone), await openPage(phone)];
    await signUp(page, newCredentials());
    await makeCode(page, "ON-OFF");
    await friend.goto(`${app.url}/invite/ON-OFF`);
    await friend.getByText("You are invited.").waitFor();
    await codeCard(page, "ON-OFF")
      .getByRole("button", { name: /^Pause/ })
      .click();
    await page.getByText("That code is paused").waitFor();
    await friend.getByLabel("E-mail address").fill(newCredentials().email);
    await friend.getByLabel("Password").fill(newCredentials().password);
    await friend.getByRole("button", { name: "Sign up" }).click();
    await friend.getByText("This code is not active at the moment.").waitFor();
    const field = friend.getByLabel("Invitation code");
    expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
    await friend.goto(`${app.url}/invite/ON-OFF`);
    await friend.getByRole("alert").getByText("The invitation ON-OFF cannot be used.").waitFor();
    expect(await field.inputValue()).toBe("");
    await codeCard(page, "ON-OFF")
      .getByRole("button", { name: /^Resume/ })
      .click();
    await page.getByText("That code is active again.").waitFor();
    await friend.reload();
    await friend.getByText("You are invited.").waitFor();
  });
});
