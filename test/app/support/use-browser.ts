import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { findChromium, launchChromium } from "../../support/chromium.ts";

/** Where it is; null where it is not, and then the suites are left out. */
export const chromium = findChromium();

type PageOptions = NonNullable<Parameters<Browser["newContext"]>[0]>;

export const desktop: PageOptions = { viewport: { width: 1280, height: 800 } };
export const phone: PageOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Answers that are failures, and the page for a new password, which does not know whose it will be. */
const expected = /^Failed to load resource|Password forms should have .* username fields/;

export interface SignUpForm {
  readonly email: string;
  readonly password: string;
  readonly name?: string;
  /** Where the form is found. */
  readonly path?: string;
}

export interface BrowserSuite {
  /** A page in a browser profile of its own, closed after the test. */
  openPage(options?: PageOptions): Promise<Page>;
  signUp(page: Page, form: SignUpForm): Promise<void>;
  /** For tests in which the browser is right to complain. */
  forgetComplaints(): void;
}

/** One browser for a suite. What it complains of on the console fails the test, refused styles and scripts included. */
export function useBrowser(app: { readonly url: string }): BrowserSuite {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium(chromium!);
  });

  afterAll(() => browser?.close());

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(complaints.splice(0).filter((text) => !expected.test(text))).toEqual([]);
  });

  return {
    async openPage(options = desktop) {
      const context = await browser.newContext(options);
      contexts.push(context);
      context.setDefaultTimeout(30_000);
      const page = await context.newPage();
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      return page;
    },
    async signUp(page, { email, password, name = "Ann", path = "/sign-up" }) {
      await page.goto(app.url + path);
      await page.getByLabel("Name").fill(name);
      await page.getByLabel("E-mail address").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign up" }).click();
      await page.getByRole("heading", { name: `Hello, ${name}` }).waitFor();
    },
    forgetComplaints: () => void (complaints = []),
  };
}
