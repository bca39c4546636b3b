import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { codeAt } from "./support/authenticator.ts";
import { useApplication } from "./support/start-application.ts";
import { chromium, desktop, phone, useBrowser } from "./support/use-browser.ts";

forEachDatabase("a second step and a new password in Chromium", (ctx) => {
  if (chromium === null) return it.skip("needs Chromium");
  const app = useApplication(ctx);
  const { openPage, signUp } = useBrowser(app);

  async function signIn(page: Page, { email, password }: { email: string; password: string }) {
    await page.goto(`${app.url}/sign-in`);
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }

  /** The page that the link in the newest mail leads to; the link is clicked, not read. */
  async function followMail(page: Page, { subject, link }: { subject: RegExp; link: RegExp }) {
    await expect
      .poll(
        async () => {
          await page.goto(`${app.url}/dev/mail`);
          return page.getByRole("link", { name: subject }).count();
        },
        { timeout: 30_000 },
      )
      .toBeGreaterThan(0);
    await page.getByRole("link", { name: subject }).first().click();
    await page.frameLocator("iframe").getByRole("link", { name: link }).first().click();
  }

  /** The code in the newest mail of a kind to an address. */
  async function readCode(page: Page, { email, template }: { email: string; template: string }) {
    const mails = page.getByRole("listitem").filter({ hasText: email }).filter({ hasText: template });
    await expect
      .poll(
        async () => {
          await page.goto(`${app.url}/dev/mail`);
          return mails.count();
        },
        { timeout: 30_000 },
      )
      .toBeGreaterThan(0);
    await mails.first().getByRole("link").click();
    const text = await page.locator(".note-text").innerText();
    return /\b\d{6}\b/.exec(text)![0];
  }

  const fits = (page: Page, width: number): Promise<void> =>
    expect(page.evaluate(() => document.documentElement.scrollWidth)).resolves.toBe(width);

  it("gives a new password by the link of a mail, once", async () => {
    const [page, user] = [await openPage(phone), newCredentials()];
    await signUp(page, user);
    await page.getByText("Confirm your address.").waitFor();
    await followMail(page, { subject: /^Confirm your e-mail/, link: /confirm/i });
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("Your address is confirmed.").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.goto(`${app.url}/sign-in`);
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.getByLabel("E-mail address").fill(user.email);
    await page.getByRole("button", { name: "Mail me a link" }).click();
    await page.getByText("a link is on its way").waitFor();
    await fits(page, 390);
    await followMail(page, { subject: /password/i, link: /password/i });
    await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
    const address = page.url();
    await fits(page, 390);
    await page.getByLabel("New password").fill("password1");
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("attackers try first").waitFor();
    const { password } = newCredentials();
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("Your new password is set").waitFor();
    await signIn(page, { ...user, password });
    await page.getByRole("heading", { name: "Hello, Ann" }).waitFor();
    await page.goto(address);
    await page.getByLabel("New password").fill(newCredentials().password);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByRole("heading", { name: "This link does not work any more" }).waitFor();
  });

  it("asks for a code of the app or a recovery code, except in a browser that is trusted", async () => {
    const [page, user] = [await openPage(), newCredentials()];
    await signUp(page, user);
    const proof = await readCode(page, { email: user.email, template: "emailVerification.verify" });
    await page.goto(`${app.url}/account`);
    await page.getByText("Enter the code of the mail").click();
    await page.getByLabel("Code", { exact: true }).fill(proof);
    await page.getByRole("button", { name: "Confirm", exact: true }).click();
    await page.getByText("Your address is confirmed.").waitFor();
    // A session of last week: the password is asked for first, and then one is back.
    await ctx.host.query(`update ${ctx.table("sessions")} set authenticated_at = $1`, [
      ctx.dialect === "postgres" ? new Date(0) : 0,
    ]);
    await page.getByRole("link", { name: "Switch on" }).click();
    await page.getByRole("button", { name: "Switch on: Authenticator app" }).click();
    await page.getByLabel("Your password").fill(user.password);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Switch on: Authenticator app" }).click();
    const secret = await page.locator("#secret").innerText();
    await page.getByRole("img", { name: "QR code of the secret" }).waitFor();
    await page.getByLabel("Code that the app shows").fill("000000x");
    await page.getByRole("button", { name: "Switch on" }).click();
    await page.getByText("This code is wrong").waitFor();
    expect(await page.locator("#secret").innerText()).toBe(secret);
    await page.getByLabel("Code that the app shows").fill(codeAt(secret, -1));
    await page.getByRole("button", { name: "Switch on" }).click();
    await page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
    const codes = (await page.locator("#codes").innerText()).trim().split("\n");
    expect(codes).toHaveLength(10);
    await page.getByRole("link", { name: "I have kept them" }).click();
    await page.getByRole("button", { name: "Switch on: Codes by mail" }).click();
    await page.getByText("That is switched on.").waitFor();

    const second = await openPage({ ...phone, javaScriptEnabled: false });
    await signIn(second, user);
    await second.getByRole("heading", { name: "One more step" }).waitFor();
    await second.goto(`${app.url}/account`);
    await second.getByRole("heading", { name: "Sign in" }).waitFor();
    await second.goto(`${app.url}/sign-in/second-step`);
    await second.getByLabel("Code of your authenticator app").fill("123");
    await second.getByRole("button", { name: "Sign in" }).click();
    await second.getByText("This code is wrong").waitFor();
    await second.getByLabel("Code of your authenticator app").fill(codeAt(secret, 0));
    await second.getByLabel("Trust this browser").check();
    await second.getByRole("button", { name: "Sign in" }).click();
    await second.getByRole("heading", { name: "Hello, Ann" }).waitFor();
    await second.getByRole("button", { name: "Sign out" }).click();
    await signIn(second, user);
    await second.getByRole("heading", { name: "Hello, Ann" }).waitFor();

    const third = await openPage(desktop);
    await signIn(third, user);
    await third.getByRole("link", { name: "Recovery code" }).click();
    await third.getByLabel("Recovery code").fill(codes[0]!);
    await third.getByRole("button", { name: "Sign in" }).click();
    await third.getByRole("heading", { name: "Hello, Ann" }).waitFor();
    await third.goto(`${app.url}/account/two-step`);
    await third.getByText("9 recovery codes are left").waitFor();
    await third.getByRole("button", { name: "Forget trusted browsers" }).click();
    await third.getByLabel("Kind of code").selectOption("recoveryCode");
    await third.getByLabel("Code", { exact: true }).fill(codes[1]!);
    await third.getByRole("button", { name: "Switch off the app" }).click();
    await third.getByText("That is switched off").waitFor();
    await third.getByRole("button", { name: "Sign out" }).click();
    await signIn(third, user);
    await third.getByRole("button", { name: "Mail me a code" }).click();
    await third.getByText("A code is on its way").waitFor();
    const { email } = user;
    const mailed = await readCode(await openPage(), { email, template: "twoFactor.code" });
    await third.getByLabel("Code by mail").fill(mailed);
    await third.getByRole("button", { name: "Sign in" }).click();
    await third.getByRole("heading", { name: "Hello, Ann" }).waitFor();
  });

  it("says how long to wait when mails were asked for too often", async () => {
    const [page, { email }] = [await openPage(), newCredentials()];
    await page.goto(`${app.url}/forgot-password`);
    for (let count = 1; count <= 6; count += 1) {
      await page.getByLabel("E-mail address").fill(email);
      await page.getByRole("button", { name: /^Mail me/ }).click();
    }
    await page
      .getByRole("alert")
      .getByText(/too often\. Try again in \d+ minutes/)
      .waitFor();
  });
});
