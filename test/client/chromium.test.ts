import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { toNodeHandler } from "wispy-auth/node";
import { referrals } from "wispy-auth/referrals";
import { chromium, useBrowser } from "../app/support/use-browser.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { servePages, type PageKit, type PageServer } from "./support/serve-pages.ts";

declare const kit: PageKit;

forEachDatabase("the client in Chromium", (ctx) => {
  if (chromium === null) return it.skip("needs Chromium");
  const { openPage, forgetComplaints } = useBrowser({ url: "" });
  let own: PageServer;
  let trusted: PageServer;
  let strange: PageServer;
  let auth: Auth;

  beforeAll(async () => {
    [own, trusted, strange] = await Promise.all([servePages(), servePages(), servePages()]);
    for (const site of [own, trusted, strange]) ctx.onSuiteEnd(() => site.close());
    auth = await createAuth({
      database: ctx.host.native,
      baseUrl: own.origin,
      trustedOrigins: [trusted.origin],
      ...ctx.authOptions,
      password: { hasher: cheapHasher },
      modules: [referrals()],
    });
    ctx.onSuiteEnd(() => auth.close());
    own.routes = toNodeHandler(auth);
  });

  const openPageOf = async (site: PageServer): Promise<Page> => {
    const page = await openPage();
    await page.goto(site.origin);
    await page.waitForFunction(() => "kit" in window);
    return page;
  };

  it("signs up by a page of the same origin, whose cookie no script sees", async () => {
    const page = await openPageOf(own);
    const account = newCredentials();
    const seen = await page.evaluate(async (input) => {
      const client = kit.createAuthClient({ baseUrl: "/auth", modules: [kit.referralsClient] });
      await client.signUp({ ...input, referralCode: "NOBODY" });
      const { user, session } = await client.getSession();
      const { code } = await client.referrals.createCode({ code: "ADA-2026" });
      const { referrals: list } = await client.referrals.listReferrals({ limit: 5 });
      await client.revokeSession({ id: session.id });
      const after = await client.getSession().catch((error: unknown) => error);
      const isOurs = after instanceof kit.AuthClientError;
      return { email: user.email, code, list, cookie: document.cookie, after: isOurs && after.code };
    }, account);
    expect(seen).toEqual({
      email: account.email,
      code: "ADA-2026",
      list: [],
      cookie: "",
      after: "unauthenticated",
    });
  });

  it("signs up by a page of a trusted origin that includes cookies, and reads why it was refused", async () => {
    const page = await openPageOf(trusted);
    const { email, password } = newCredentials();
    const given = { account: { email, password }, baseUrl: `${own.origin}/auth` };
    const seen = await page.evaluate(async ({ account, baseUrl }) => {
      const client = kit.createAuthClient({ baseUrl, credentials: "include" });
      await client.signUp(account);
      const { user } = await client.getSession();
      const refused = await client.signUp(account).catch((error: { code: string }) => error.code);
      return { email: user.email, refused };
    }, given);
    expect(seen).toEqual({ email, refused: "user_exists" });
  });

  it("reads nothing by a page of another origin, which the browser takes for no answer", async () => {
    const page = await openPageOf(strange);
    const code = await page.evaluate(async (baseUrl) => {
      const client = kit.createAuthClient({ baseUrl, credentials: "include" });
      return client.getSession().catch((error: { code: string }) => error.code);
    }, `${own.origin}/auth`);
    expect(code).toBe("network_error");
    forgetComplaints();
  });

  it("follows no redirect, and ends a call where the page says so", async () => {
    const page = await openPageOf(own);
    const seen = await page.evaluate(async () => {
      const moved = kit.createAuthClient({ baseUrl: "/moved" });
      const redirected = await moved.health().catch((error: { code: string }) => error.code);
      const client = kit.createAuthClient({ baseUrl: "/auth" });
      const ending = new AbortController();
      const call = client
        .health({}, { signal: ending.signal })
        .catch((error: { name: string }) => error.name);
      ending.abort();
      return [redirected, await call];
    });
    expect(seen).toEqual(["unexpected_answer", "AbortError"]);
  });
});
