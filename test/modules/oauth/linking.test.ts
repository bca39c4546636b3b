import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addSeconds, systemClock } from "../../../src/clock.ts";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";
import { gate } from "./support/gate.ts";
import { createOAuthAuth, providerOf, type OAuthAuth } from "./support/oauth-auth.ts";
import { createOAuthBrowser, placeOf } from "./support/oauth-browser.ts";
import { startIssuer, type Issuer } from "./support/start-issuer.ts";

let issuer: Issuer;
let otherIssuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer(["acme"]);
  otherIssuer = await startIssuer(["other"]);
});
afterAll(() => Promise.all([issuer.stop(), otherIssuer.stop()]));

forEachDatabase("an account at a provider", (ctx) => {
  let auth: OAuthAuth;
  let late = 0;
  const gated = new Set<string>();
  beforeAll(async () => {
    const providers = [providerOf(issuer), providerOf(otherIssuer, "other")];
    const clock = { now: () => addSeconds(systemClock.now(), late) };
    const modules = [gate(({ email }) => gated.has(email))];
    auth = await createOAuthAuth(ctx, { providers }, { modules, clock });
  });

  const providersOf = async (userId: string): Promise<readonly string[]> =>
    (await auth.oauth.listAccounts(userId)).map(({ provider }) => provider);

  /** A browser in which somebody is signed in by password. */
  const signedIn = async () => {
    const credentials = newCredentials();
    const browser = createOAuthBrowser(auth);
    await browser.post("/sign-up", credentials);
    const { id } = (await auth.users.getByEmail(credentials.email))!;
    return { id, browser, credentials };
  };
  type Browser = ReturnType<typeof createOAuthBrowser>;
  const link = async (browser: Browser, provider: string, account: string): Promise<string> => {
    const { body } = await browser.post(`/oauth/${provider}/link`, { redirectTo: "/settings" });
    const at = provider === "acme" ? issuer : otherIssuer;
    expect(String(body?.["url"])).toContain(at.url);
    return placeOf(await browser.comeBack(await browser.visit(String(body?.["url"]), account)));
  };

  describe("OA-06: is known by the provider's own name for it", () => {
    it("which two providers may use for two people", async () => {
      const here = issuer.newPerson();
      const there = { ...here, email: `there.${here.email}` };
      otherIssuer.accounts.set(there.sub, there);
      await createOAuthBrowser(auth).signIn("acme", here.sub);
      await createOAuthBrowser(auth).signIn("other", there.sub);
      const users = [await auth.users.getByEmail(here.email), await auth.users.getByEmail(there.email)];
      expect(users[0]?.id).not.toBe(users[1]?.id);
      expect(await providersOf(users[0]!.id)).toEqual(["acme"]);
    });

    it("whatever the address is by now, and whether it is proved", async () => {
      const person = issuer.newPerson();
      await createOAuthBrowser(auth).signIn("acme", person.sub);
      const { email } = await auth.users.create({ ...newCredentials(), emailVerified: true });
      for (const changed of [{ email, email_verified: false }, { email }, { email: undefined }]) {
        issuer.accounts.set(person.sub, { ...person, ...changed } as typeof person);
        const browser = createOAuthBrowser(auth);
        expect(await browser.signIn("acme", person.sub)).toBe("/home");
        expect((await browser.get("/session")).body).toMatchObject({ user: { email: person.email } });
      }
    });
  });

  const matrix = [true, false].flatMap((proved) =>
    [true, false].flatMap((verified) =>
      [true, false].flatMap((password) =>
        [true, false].map((secondFactor) => ({ proved, verified, password, secondFactor })),
      ),
    ),
  );
  it.each(matrix)(
    "OA-07: meets an account with its address: proved $proved, verified $verified, password $password, second factor $secondFactor",
    async ({ proved, verified, password, secondFactor }) => {
      const person = issuer.newPerson({ email_verified: proved });
      // As the account's owner spelled it.
      const account = { email: person.email.toUpperCase(), password: newCredentials().password };
      const { id } = await auth.users.create({
        email: account.email,
        emailVerified: verified,
        ...(password && { password: account.password }),
      });
      if (secondFactor) gated.add(account.email);
      const browser = createOAuthBrowser(auth);
      const place = await browser.signIn("acme", person.sub);
      const signsIn = password ? await errorCode(auth.signIn(account)) : "invalid_credentials";
      if (!proved) {
        expect(place).toBe("/sign-in?error=oauth.account_exists&provider=acme");
        expect(await providersOf(id)).toEqual([]);
        expect(await auth.users.get(id)).toMatchObject({
          emailVerifiedAt: verified ? expect.any(Date) : null,
        });
      } else {
        expect(place).toBe(secondFactor ? "/step?step=gate" : "/home");
        expect(await providersOf(id)).toEqual(["acme"]);
        expect((await auth.users.get(id))!.emailVerifiedAt).not.toBeNull();
      }
      expect(browser.cookies.has("__Host-wispy-session")).toBe(proved && !secondFactor);
      const kept = password && (verified || !proved);
      expect(signsIn).toBe(kept ? "none" : "invalid_credentials");
    },
  );

  it("OA-08: leaves nothing to whoever made an account under a foreign address", async () => {
    const victim = issuer.newPerson();
    const attacker = newCredentials();
    const account = { email: victim.email, password: attacker.password };
    const browser = createOAuthBrowser(auth);
    await browser.post("/sign-up", account);
    // A second way in, at a provider that does not check addresses.
    const helper = otherIssuer.newPerson({ email: victim.email, email_verified: false });
    expect(await link(browser, "other", helper.sub)).toBe("/settings");
    expect(await createOAuthBrowser(auth).signIn("other", helper.sub)).toBe("/home");
    const { id } = (await auth.users.getByEmail(victim.email))!;
    const token = browser.cookies.get("__Host-wispy-session")!;
    expect(await auth.getSession(token)).not.toBeNull();

    const own = createOAuthBrowser(auth);
    expect(await own.signIn("acme", victim.sub)).toBe("/home");
    expect((await own.get("/session")).body).toMatchObject({ user: { id } });
    expect(await auth.getSession(token)).toBeNull();
    expect(await errorCode(auth.signIn(account))).toBe("invalid_credentials");
    expect(await createOAuthBrowser(auth).signIn("other", helper.sub)).toBe(
      "/sign-in?error=oauth.account_exists&provider=other",
    );
    expect(await providersOf(id)).toEqual(["acme"]);
    const events = (await auth.listEvents(id)).map(({ type }) => type);
    expect(events).toEqual(
      expect.arrayContaining(["oauth.unlinked", "password.removed", "user.email_verified", "oauth.linked"]),
    );
  });

  it("OA-08: leaves none of its links that prove nothing to whoever replaces the password of an unproved account", async () => {
    const attacker = issuer.newPerson({ email_verified: false });
    const browser = createOAuthBrowser(auth);
    expect(await browser.signIn("acme", attacker.sub)).toBe("/home");
    const { id } = (await auth.users.getByEmail(attacker.email))!;
    const proved = otherIssuer.newPerson();
    expect(await link(browser, "other", proved.sub)).toBe("/settings");
    await auth.users.setPassword(id, newCredentials().password);
    expect(await providersOf(id)).toEqual(["other"]);
    expect(await createOAuthBrowser(auth).signIn("acme", attacker.sub)).toBe(
      "/sign-in?error=oauth.account_exists&provider=acme",
    );
    expect((await auth.listEvents(id)).map(({ type }) => type)).toContain("oauth.unlinked");

    const credentials = newCredentials();
    const owner = await auth.users.create({ ...credentials, emailVerified: true });
    const own = createOAuthBrowser(auth);
    await own.post("/sign-in", credentials);
    await link(own, "acme", issuer.newPerson({ email_verified: false }).sub);
    await auth.users.setPassword(owner.id, newCredentials().password);
    expect(await providersOf(owner.id)).toEqual(["acme"]);
  });

  describe("OA-12: linking", () => {
    it("adds a way in to the account of the session, whatever the addresses are", async () => {
      const { id, browser } = await signedIn();
      const [first, second] = [issuer.newPerson({ email_verified: false }), otherIssuer.newPerson()];
      expect(await link(browser, "acme", first.sub)).toBe("/settings");
      expect(await link(browser, "other", second.sub)).toBe("/settings");
      const { body } = await browser.get("/oauth/accounts");
      expect(body).toMatchObject({
        accounts: [
          { provider: "acme", email: first.email },
          { provider: "other", email: second.email },
        ],
      });
      const elsewhere = createOAuthBrowser(auth);
      expect(await elsewhere.signIn("other", second.sub)).toBe("/home");
      expect((await elsewhere.get("/session")).body).toMatchObject({ user: { id } });
      const linked = (await auth.listEvents(id)).filter(({ type }) => type === "oauth.linked");
      expect(linked.map(({ data }) => data)).toEqual(
        expect.arrayContaining([
          { provider: "acme", by: "session" },
          { provider: "other", by: "session" },
        ]),
      );
    });

    it("twice is once", async () => {
      const { id, browser } = await signedIn();
      const person = issuer.newPerson();
      await link(browser, "acme", person.sub);
      expect(await link(browser, "acme", person.sub)).toBe("/settings");
      expect(await providersOf(id)).toEqual(["acme"]);
    });

    it("does not take what another account has", async () => {
      const person = issuer.newPerson();
      await createOAuthBrowser(auth).signIn("acme", person.sub);
      const { id, browser } = await signedIn();
      expect(await link(browser, "acme", person.sub)).toBe(
        "/sign-in?error=oauth.identity_taken&provider=acme",
      );
      expect(await providersOf(id)).toEqual([]);
    });

    it("needs somebody signed in who proved lately who they are", async () => {
      const { browser } = await signedIn();
      expect((await createOAuthBrowser(auth).post("/oauth/acme/link", {})).status).toBe(401);
      late = 2 * 24 * 60 * 60;
      try {
        const stale = await browser.post("/oauth/acme/link", {});
        expect([stale.status, stale.body]).toMatchObject([403, { code: "session_not_fresh" }]);
      } finally {
        late = 0;
      }
    });

    it("is over when the session is, or another has taken its place", async () => {
      const changed = "/sign-in?error=oauth.session_changed&provider=acme";
      const { id, browser, credentials } = await signedIn();
      const depart = async () => {
        const { body } = await browser.post("/oauth/acme/link", {});
        return browser.visit(String(body?.["url"]), issuer.newPerson().sub);
      };
      const signedOut = await depart();
      await browser.post("/sign-out");
      expect(placeOf(await browser.comeBack(signedOut))).toBe(changed);
      await browser.post("/sign-in", credentials);
      const replaced = await depart();
      await browser.post("/sign-up", newCredentials());
      expect(placeOf(await browser.comeBack(replaced))).toBe(changed);
      expect(await providersOf(id)).toEqual([]);
    });
  });

  describe("OA-12: unlinking", () => {
    it("takes one way in away, of the user's own", async () => {
      const { id, browser } = await signedIn();
      const person = issuer.newPerson();
      await link(browser, "acme", person.sub);
      const [account] = await auth.oauth.listAccounts(id);
      const stranger = await signedIn();
      expect((await stranger.browser.delete(`/oauth/accounts/${account!.id}`)).status).toBe(404);
      expect((await browser.delete("/oauth/accounts/acme")).status).toBe(404);
      expect((await browser.delete(`/oauth/accounts/${account!.id}`)).status).toBe(204);
      expect(await providersOf(id)).toEqual([]);
      expect((await auth.listEvents(id)).map(({ type }) => type)).toContain("oauth.unlinked");
      expect((await createOAuthBrowser(auth).signIn("acme", person.sub)).startsWith("/home")).toBe(true);
    });

    it("never takes the last one", async () => {
      const person = issuer.newPerson();
      const browser = createOAuthBrowser(auth);
      await browser.signIn("acme", person.sub);
      const { id } = (await auth.users.getByEmail(person.email))!;
      const [account] = await auth.oauth.listAccounts(id);
      const refused = await browser.delete(`/oauth/accounts/${account!.id}`);
      expect([refused.status, refused.body]).toMatchObject([409, { code: "oauth.last_way_in" }]);
      await auth.users.setPassword(id, newCredentials().password);
      expect(await auth.oauth.unlink({ userId: id, accountId: account!.id })).toBe(true);
    });

    it("needs somebody who proved lately who they are", async () => {
      const { id, browser } = await signedIn();
      await link(browser, "acme", issuer.newPerson().sub);
      const [account] = await auth.oauth.listAccounts(id);
      late = 2 * 24 * 60 * 60;
      try {
        const stale = await browser.delete(`/oauth/accounts/${account!.id}`);
        expect([stale.status, stale.body]).toMatchObject([403, { code: "session_not_fresh" }]);
      } finally {
        late = 0;
      }
      expect(await providersOf(id)).toEqual(["acme"]);
    });

    it("counts no provider that is not there any more", async () => {
      const without = await createOAuthAuth(ctx, { providers: [providerOf(issuer)] });
      const person = issuer.newPerson();
      const browser = createOAuthBrowser(auth);
      await browser.signIn("acme", person.sub);
      const user = (await auth.users.getByEmail(person.email))!;
      await link(browser, "other", otherIssuer.newPerson().sub);
      const [first] = await auth.oauth.listAccounts(user.id);
      expect(await errorCode(without.oauth.unlink({ userId: user.id, accountId: first!.id }))).toBe(
        "oauth.last_way_in",
      );
      expect(await auth.oauth.unlink({ userId: user.id, accountId: first!.id })).toBe(true);
    });
  });

  it("OA-14: has its tokens kept where that was asked for, sealed, and nowhere else", async () => {
    const keeping = await createOAuthAuth(ctx, {
      providers: [{ ...providerOf(issuer), keepTokens: true }],
    });
    const person = issuer.newPerson();
    await createOAuthBrowser(keeping).signIn("acme", person.sub);
    const { id: userId } = (await auth.users.getByEmail(person.email))!;
    const [account] = await keeping.oauth.listAccounts(userId);
    const first = await keeping.oauth.tokens({ userId, accountId: account!.id });
    expect(first).toMatchObject({ accessToken: expect.any(String), expiresAt: expect.any(Date) });
    await createOAuthBrowser(keeping).signIn("acme", person.sub);
    const second = await keeping.oauth.tokens({ userId, accountId: account!.id });
    expect(second!.accessToken).not.toBe(first!.accessToken);
    const rows = await ctx.host.query(`select sealed_tokens from ${ctx.table("oauth_identities")}`);
    expect(JSON.stringify(rows)).not.toContain(second!.accessToken);
    expect(await keeping.oauth.tokens({ userId: account!.id, accountId: account!.id })).toBeNull();

    const plain = issuer.newPerson();
    await createOAuthBrowser(auth).signIn("acme", plain.sub);
    const user = (await auth.users.getByEmail(plain.email))!;
    const [kept] = await auth.oauth.listAccounts(user.id);
    expect(await auth.oauth.tokens({ userId: user.id, accountId: kept!.id })).toBeNull();
  });
});
