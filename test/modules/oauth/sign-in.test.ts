import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { oauth } from "wispy-auth/oauth";
import { referrals } from "wispy-auth/referrals";
import { systemClock, addSeconds } from "../../../src/clock.ts";
import { optionsOf, testBaseUrl } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { gate } from "./support/gate.ts";
import { createOAuthAuth, providerOf, type OAuthAuth } from "./support/oauth-auth.ts";
import { createOAuthBrowser, placeOf } from "./support/oauth-browser.ts";
import { startIssuer, type Issuer } from "./support/start-issuer.ts";

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer(["acme", "other"]);
});
afterAll(() => issuer.stop());

const invalidState = "/sign-in?error=oauth.state_invalid&provider=acme";

forEachDatabase("a sign-in at a provider", (ctx) => {
  let auth: OAuthAuth;
  let late = 0;
  const clock = { now: () => addSeconds(systemClock.now(), late) };
  const providers = () => [providerOf(issuer), providerOf(issuer, "other")];
  beforeAll(async () => {
    auth = await createOAuthAuth(ctx, { providers: providers() }, { clock });
  });

  /** Somebody on the way back, with what they come back to. */
  const departed = async (input: object = {}) => {
    const person = issuer.newPerson();
    const browser = createOAuthBrowser(auth);
    const { body } = await browser.start("acme", input);
    return { person, browser, back: await browser.visit(String(body?.["url"]), person.sub) };
  };
  const isSignedIn = async (browser: ReturnType<typeof createOAuthBrowser>): Promise<boolean> =>
    (await browser.get("/session")).body?.["user"] !== undefined;

  it("makes an account with what the provider proved, and signs in to it the next time", async () => {
    const person = issuer.newPerson();
    const browser = createOAuthBrowser(auth);
    expect(await browser.signIn("acme", person.sub)).toBe("/home");
    const { body } = await browser.get("/session");
    expect(body).toMatchObject({ user: { email: person.email, name: "Ada" } });
    expect(body).not.toMatchObject({ user: { emailVerifiedAt: null } });

    const elsewhere = createOAuthBrowser(auth);
    expect(await elsewhere.signIn("acme", person.sub, { redirectTo: "/deep?a=1#b" })).toBe("/deep?a=1#b");
    expect((await elsewhere.get("/session")).body).toMatchObject({ user: { email: person.email } });
    const { id } = (await auth.users.getByEmail(person.email))!;
    const events = (await auth.listEvents(id)).map(({ type }) => type);
    expect(events.sort()).toEqual(["oauth.linked", "sign_in.succeeded", "user.signed_up"]);
  });

  it("makes an account whose address is not verified, where the provider did not prove it", async () => {
    const person = issuer.newPerson({ email_verified: false });
    expect(await createOAuthBrowser(auth).signIn("acme", person.sub)).toBe("/home");
    expect(await auth.users.getByEmail(person.email)).toMatchObject({ emailVerifiedAt: null });
  });

  it("makes no account without an address", async () => {
    issuer.accounts.set("shy", { sub: "shy" });
    expect(await createOAuthBrowser(auth).signIn("acme", "shy")).toBe(
      "/sign-in?error=oauth.email_missing&provider=acme",
    );
  });

  it("tells who said no at the provider", async () => {
    expect(await createOAuthBrowser(auth).signIn("acme", "nobody")).toBe(
      "/sign-in?error=oauth.denied&provider=acme",
    );
  });

  it("does not let in who is disabled", async () => {
    const person = issuer.newPerson();
    await createOAuthBrowser(auth).signIn("acme", person.sub);
    const { id } = (await auth.users.getByEmail(person.email))!;
    await auth.users.disable(id);
    const browser = createOAuthBrowser(auth);
    expect(await browser.signIn("acme", person.sub)).toBe("/sign-in?error=sign_in_refused&provider=acme");
    expect(await isSignedIn(browser)).toBe(false);
  });

  it("ends the session that the browser had before", async () => {
    const browser = createOAuthBrowser(auth);
    await browser.signIn("acme", issuer.newPerson().sub);
    const before = browser.cookies.get("__Host-wispy-session")!;
    await browser.signIn("acme", issuer.newPerson().sub);
    expect(browser.cookies.get("__Host-wispy-session")).not.toBe(before);
    expect(await auth.getSession(before)).toBeNull();
  });

  it("works in two tabs of one browser at once", async () => {
    const { person, browser, back } = await departed();
    const second = await browser.start("acme");
    const secondBack = await browser.visit(String(second.body?.["url"]), person.sub);
    expect(placeOf(await browser.comeBack(back))).toBe("/home");
    expect(placeOf(await browser.comeBack(secondBack))).toBe("/home");
  });

  it("begins at a page of the application's own by the library", async () => {
    const person = issuer.newPerson();
    const { url, setCookie } = await auth.oauth.start({ provider: "acme", redirectTo: "/mine" });
    expect(setCookie).toMatch(
      /^__Host-wispy-module-oauth=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/,
    );
    const browser = createOAuthBrowser(auth);
    const back = await browser.visit(url, person.sub);
    const answer = await browser.get(back.slice(`${testBaseUrl}/auth`.length), {
      cookie: setCookie.split(";", 1)[0]!,
    });
    expect(placeOf(answer)).toBe("/mine");
  });

  it("keeps its cookie lax where ours are strict, as another site leads back", async () => {
    const strict = await createOAuthAuth(ctx, { providers: providers() }, { cookie: { sameSite: "strict" } });
    const { headers } = await createOAuthBrowser(strict).start("acme");
    expect(headers.getSetCookie().map((cookie) => cookie.split("SameSite=")[1])).toEqual(["Lax"]);
  });

  it.each([
    { what: "a provider that there is not", provider: "github", input: {}, refused: [404, "not_found"] },
    {
      what: "a page of another site",
      provider: "acme",
      input: { redirectTo: "https://evil.example/" },
      refused: [400, "invalid_input"],
    },
    {
      what: "a field of nobody's",
      provider: "acme",
      input: { provider: "other" },
      refused: [400, "invalid_input"],
    },
    {
      what: "more fields than a row should hold",
      provider: "acme",
      input: { signUpFields: { a: "b".repeat(5000) } },
      refused: [400, "invalid_input"],
    },
  ])("does not begin with $what", async ({ provider, input, refused }) => {
    const { status, body, headers } = await createOAuthBrowser(auth).start(provider, input);
    expect([status, body?.["code"]]).toEqual(refused);
    expect(headers.getSetCookie()).toEqual([]);
  });

  describe("OA-02: a state", () => {
    it("is none that nobody gave out", async () => {
      const { browser, back } = await departed();
      for (const state of ["A".repeat(43), "", "null"]) {
        const url = new URL(back);
        url.searchParams.set("state", state);
        expect(placeOf(await browser.comeBack(url.href))).toBe(invalidState);
      }
      const without = new URL(back);
      without.searchParams.delete("state");
      expect(placeOf(await browser.comeBack(without.href))).toBe(invalidState);
      expect(await isSignedIn(browser)).toBe(false);
    });

    it("is used up by coming back once", async () => {
      const { browser, back } = await departed();
      expect(placeOf(await browser.comeBack(back))).toBe("/home");
      await browser.post("/sign-out");
      expect(placeOf(await browser.comeBack(back))).toBe(invalidState);
      expect(await isSignedIn(browser)).toBe(false);
    });

    it("is of no use in another browser, and not used up there", async () => {
      const { browser, back } = await departed();
      const stranger = createOAuthBrowser(auth);
      expect(placeOf(await stranger.comeBack(back))).toBe(invalidState);
      await stranger.start("acme");
      expect(placeOf(await stranger.comeBack(back))).toBe(invalidState);
      expect(await isSignedIn(stranger)).toBe(false);
      expect(placeOf(await browser.comeBack(back))).toBe("/home");
    });

    it("is of no use at the callback of another provider", async () => {
      const { browser, back } = await departed();
      expect(placeOf(await browser.comeBack(back.replace("/oauth/acme/", "/oauth/other/")))).toBe(
        "/sign-in?error=oauth.state_invalid&provider=other",
      );
      expect(await isSignedIn(browser)).toBe(false);
    });

    it("lasts ten minutes, and is cleaned up", async () => {
      const { browser, back } = await departed();
      late = 10 * 60;
      try {
        expect(placeOf(await browser.comeBack(back))).toBe(invalidState);
        const { modules } = await auth.cleanUp();
        expect(modules["oauth"]?.["expiredStates"]).toBeGreaterThan(0);
        expect(await auth.cleanUp()).toMatchObject({ modules: { oauth: { expiredStates: 0 } } });
      } finally {
        late = 0;
      }
    });

    it("is not in the database, nor is anything that belongs to it", async () => {
      const { body } = await createOAuthBrowser(auth).start("acme", { redirectTo: "/to/a/canary" });
      const { searchParams } = new URL(String(body?.["url"]));
      const rows = await ctx.host.query(`select * from ${ctx.table("oauth_states")}`);
      const dump = JSON.stringify(rows, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
      );
      expect(rows.length).toBeGreaterThan(0);
      for (const secret of [searchParams.get("state")!, searchParams.get("nonce")!, "canary"]) {
        expect(dump).not.toContain(secret);
      }
    });
  });

  it("OA-01: asks for a code with PKCE, and for another verifier each time", async () => {
    const urls = [await createOAuthBrowser(auth).start("acme"), await createOAuthBrowser(auth).start("acme")];
    const [first, second] = urls.map(({ body }) => new URL(String(body?.["url"])).searchParams);
    expect(first?.get("response_type")).toBe("code");
    expect(first?.get("code_challenge_method")).toBe("S256");
    expect(first?.get("code_challenge")).toMatch(/^[\w-]{43}$/);
    expect(second?.get("code_challenge")).not.toBe(first?.get("code_challenge"));
    expect(first?.get("redirect_uri")).toBe(`${testBaseUrl}/auth/oauth/acme/callback`);
  });

  it("OA-01: exchanges no code that another verifier asked for", async () => {
    const mine = await departed();
    const foreign = await departed();
    const injected = new URL(mine.back);
    injected.searchParams.set("code", new URL(foreign.back).searchParams.get("code")!);
    expect(placeOf(await mine.browser.comeBack(injected.href))).toBe(
      "/sign-in?error=oauth.response_invalid&provider=acme",
    );
    expect(await isSignedIn(mine.browser)).toBe(false);
  });

  it("OA-04: believes no answer in another issuer's name, and none without a name", async () => {
    const { browser, back } = await departed();
    const url = new URL(back);
    url.searchParams.set("iss", "https://evil.example");
    expect(placeOf(await browser.comeBack(url.href))).toBe(
      "/sign-in?error=oauth.response_invalid&provider=acme",
    );
    const again = await departed();
    const nameless = new URL(again.back);
    nameless.searchParams.delete("iss");
    expect(placeOf(await again.browser.comeBack(nameless.href))).toBe(
      "/sign-in?error=oauth.response_invalid&provider=acme",
    );
  });

  it("CS-05: begins at no other site's wish", async () => {
    const browser = createOAuthBrowser(auth);
    for (const path of ["/oauth/acme/start", "/oauth/acme/link"]) {
      const answer = await browser.post(path, {}, { origin: "https://evil.example" });
      expect([answer.status, answer.body]).toMatchObject([403, { code: "origin_refused" }]);
    }
  });

  it("takes a provider's form to the callback, with what belongs to it", async () => {
    const { browser, back } = await departed();
    const answer = await auth.handler(
      new Request(`${testBaseUrl}/auth/oauth/acme/callback`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", origin: issuer.url },
        body: `${new URL(back).searchParams.toString()}&evil=1`,
      }),
    );
    expect(answer.status).toBe(303);
    expect(new URL(answer.headers.get("location")!).search).not.toContain("evil");
    expect(placeOf(await browser.comeBack(answer.headers.get("location")!))).toBe("/home");
  });

  it("OA-13: waits for the step that another module asks for, like every way in", async () => {
    const gated = await createOAuthAuth(ctx, { providers: providers() }, { modules: [gate()] });
    const person = issuer.newPerson();
    await createOAuthBrowser(auth).signIn("acme", person.sub);
    const browser = createOAuthBrowser(gated);
    expect(await browser.signIn("acme", person.sub)).toBe("/step?step=gate");
    expect(browser.cookies.has("__Host-wispy-module-gate")).toBe(true);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it("redeems the referral code that was given at the beginning", async () => {
    const modules = [oauth({ providers: providers(), allowLoopback: true }), referrals()] as const;
    const together = await createAuth({ ...optionsOf(ctx), modules });
    ctx.onSuiteEnd(() => together.close());
    const referrer = await together.users.create({ email: `${randomUUID()}@example.com` });
    const { code } = await together.referrals.createCode({ userId: referrer.id });
    const person = issuer.newPerson();
    const browser = createOAuthBrowser(together);
    expect(await browser.signIn("acme", person.sub, { signUpFields: { referralCode: code } })).toBe("/");
    expect(await together.referrals.listReferrals(referrer.id)).toHaveLength(1);

    const wrong = await browser.start("acme", { signUpFields: { referralCode: 7 } });
    expect(wrong.body).toMatchObject({ code: "invalid_input", issues: [{ path: "referralCode" }] });
  });

  it("goes with its user", async () => {
    const person = issuer.newPerson();
    await createOAuthBrowser(auth).signIn("acme", person.sub);
    const { id } = (await auth.users.getByEmail(person.email))!;
    expect(await auth.oauth.listAccounts(id)).toMatchObject([{ provider: "acme", email: person.email }]);
    await auth.users.delete(id);
    expect(await auth.oauth.listAccounts(id)).toEqual([]);
    expect(await createOAuthBrowser(auth).signIn("acme", person.sub)).toBe("/home");
    expect((await auth.users.getByEmail(person.email))!.id).not.toBe(id);
  });
});
