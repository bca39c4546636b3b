import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { useApplication } from "./support/start-application.ts";
import { chromium, desktop, phone, useBrowser } from "./support/use-browser.ts";

forEachDatabase("the application in Chromium", (ctx) => {
  if (chromium === null) return it.skip("needs Chromium");
  const app = useApplication(ctx);
  const { openPage, signUp, forgetComplaints } = useBrowser(app);

  async function signIn(page: Page, { email, password }: { email: string; password: string }) {
    await page.goto(`${app.url}/sign-in`);
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }

  async function changePassword(page: Page, current: string, next: string) {
    await page.goto(`${app.url}/account`);
    await page.getByLabel("Current password").fill(current);
    await page.getByLabel("New password").fill(next);
    await page.getByRole("button", { name: "Change password" }).click();
  }

  it("signs up, out and in again, and takes back a wrong password with the address kept", async () => {
    const [page, user] = [await openPage(), newCredentials()];
    await signUp(page, user);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await signIn(page, { ...user, password: "wrong password" });
    await page.getByRole("alert").getByText("The address or the password is wrong.").waitFor();
    expect(await page.getByLabel("E-mail address").inputValue()).toBe(user.email);
    expect(await page.getByLabel("Password").inputValue()).toBe("");
    expect(await page.getByLabel("Password").evaluate((input) => input === document.activeElement)).toBe(
      true,
    );
    await page.getByLabel("Password").fill(user.password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Hello, Ann" }).waitFor();
  });

  it("puts the focus on the field that was refused, and says why", async () => {
    const page = await openPage(phone);
    await page.goto(`${app.url}/sign-up`);
    await page.getByLabel("E-mail address").fill(newCredentials().email);
    await page.getByLabel("Password").fill("password1");
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByText("attackers try first").waitFor();
    const password = page.getByLabel("Password");
    expect(await password.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await password.getAttribute("aria-invalid")).toBe("true");
  });

  it("signs a lost phone out from the desktop", async () => {
    const [page, lost, user] = [await openPage(), await openPage(phone), newCredentials()];
    await signUp(page, user);
    await signIn(lost, user);
    await lost.getByRole("heading", { name: "Hello, Ann" }).waitFor();
    await page.getByRole("link", { name: "Account" }).click();
    const others = page.locator("section", { hasText: "Where you are signed in" }).getByRole("listitem");
    expect(await others.count()).toBe(2);
    await others.getByRole("button", { name: /^Sign out/ }).click();
    await page.getByText("That device is signed out.").waitFor();
    await lost.reload();
    await lost.getByRole("heading", { name: "A quiet place" }).waitFor();
    await page.reload();
    await page.getByText("this device").waitFor();
  });

  it("changes the password after a wrong try, and only the new one opens", async () => {
    const [page, user] = [await openPage(phone), newCredentials()];
    const next = newCredentials().password;
    await signUp(page, user);
    await changePassword(page, "not this one", next);
    await page.getByText("This is not your password.").waitFor();
    await changePassword(page, user.password, next);
    await page.getByText("Your password is changed").waitFor();
    await page.getByText("Password changed", { exact: true }).waitFor();
    const other = await openPage();
    await signIn(other, user);
    await other.getByRole("alert").waitFor();
    await signIn(other, { ...user, password: next });
    await other.getByRole("heading", { name: "Hello, Ann" }).waitFor();
  });

  it("adds and deletes a note, and at last the account", async () => {
    const [page, user] = [await openPage(phone), newCredentials()];
    await signUp(page, user);
    await page.getByLabel("New note").fill("Milk\nand <b>eggs</b>");
    await page.getByRole("button", { name: "Add the note" }).click();
    const note = page.getByRole("listitem").filter({ hasText: "Milk" });
    expect(await note.locator("p").innerText()).toBe("Milk\nand <b>eggs</b>");
    await note.getByRole("button", { name: /^Delete/ }).click();
    await note.waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Account" }).click();
    await page.getByText("Delete my account").click();
    await page.getByLabel("Your password").fill(user.password);
    await page.getByRole("button", { name: "Delete for ever" }).click();
    await page.getByText("Your account and your notes are deleted.").waitFor();
    await signIn(page, user);
    await page.getByRole("alert").waitFor();
  });

  it("does all of it without JavaScript", async () => {
    const [page, user] = [await openPage({ ...desktop, javaScriptEnabled: false }), newCredentials()];
    await signUp(page, user);
    await changePassword(page, user.password, newCredentials().password);
    await page.getByText("Your password is changed").waitFor();
  });

  it("never scrolls sideways, down to 320 pixels, with the longest words", async () => {
    const page = await openPage({ ...phone, viewport: { width: 320, height: 640 } });
    await signUp(page, { ...newCredentials(), email: `${"a".repeat(60)}@${"b".repeat(60)}.example` });
    await page.getByLabel("New note").fill("w".repeat(300));
    await page.getByRole("button", { name: "Add the note" }).click();
    for (const path of ["/", "/account", "/sign-in?done=signed-out", "/nothing-here"]) {
      await page.goto(app.url + path);
      expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 320]);
    }
    forgetComplaints();
  });
});
