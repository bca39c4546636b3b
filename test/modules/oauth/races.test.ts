import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { oidc } from "wispy-auth/oauth";
import { newCredentials, testBaseUrl } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, errorCode, tally } from "../../suite/core/support/error-code.ts";
import { createOAuthAuth, type OAuthAuth } from "./support/oauth-auth.ts";
import { createOAuthBrowser, placeOf, type OAuthBrowser } from "./support/oauth-browser.ts";
import { startStubIssuer, type StubIssuer } from "./support/stub-issuer.ts";

const callers = 20;
const rounds = 20;
const minutes = 60_000;

let issuer: StubIssuer;
beforeAll(async () => {
  issuer = await startStubIssuer("ES256");
  // The code says who it is, and with which nonce.
  issuer.answers.token = async (parameters) => ({
    access_token: "a token",
    token_type: "Bearer",
    id_token: await issuer.idToken(JSON.parse(parameters.get("code")!)),
  });
});
afterAll(() => issuer.stop());

interface Person {
  readonly sub: string;
  readonly email: string;
  readonly email_verified: boolean;
}

interface Way {
  readonly browser: OAuthBrowser;
  readonly back: string;
}

function newPerson(): Person {
  const sub = randomUUID();
  return { sub, email: `${sub}@example.com`, email_verified: true };
}

forEachDatabase("at the same moment", (ctx) => {
  let auth: OAuthAuth;
  beforeAll(async () => {
    const client = { issuer: issuer.url, clientId: "wispy", clientSecret: "a secret" };
    const providers = [oidc({ id: "acme", ...client }), oidc({ id: "other", ...client })];
    auth = await createOAuthAuth(ctx, { providers });
  });

  const depart = async (person: Person, at = "acme", browser = createOAuthBrowser(auth)): Promise<Way> => {
    const path = browser.cookies.has("__Host-wispy-session") ? "link" : "start";
    const { body } = await browser.post(`/oauth/${at}/${path}`, {});
    const { searchParams } = new URL(String(body?.["url"]));
    const code = JSON.stringify({ ...person, nonce: searchParams.get("nonce") });
    const back = new URLSearchParams({ code, state: searchParams.get("state")! });
    return { browser, back: `${testBaseUrl}/auth/oauth/${at}/callback?${back.toString()}` };
  };
  const arrive = async ({ browser, back }: Way): Promise<string> => placeOf(await browser.comeBack(back));
  const count = async (table: string): Promise<number> =>
    Number(Object.values((await ctx.host.query(`select count(*) as n from ${ctx.table(table)}`))[0]!)[0]);
  const counts = async () => ({ users: await count("users"), links: await count("oauth_identities") });

  it(
    "first sign-ins of one new person make one account and one link, and all get in",
    async () => {
      for (let round = 0; round < rounds; round++) {
        const person = newPerson();
        const ways = await allAtOnce(callers, () => depart(person));
        const { users, links } = await counts();
        expect(tally(await Promise.all(ways.map(arrive)))).toEqual({ "/home": callers });
        expect(await counts()).toEqual({ users: users + 1, links: links + 1 });
        expect(await arrive(await depart(person))).toBe("/home");
      }
    },
    10 * minutes,
  );

  it(
    "first sign-ins of one person with a verified account link it once, and all get in",
    async () => {
      for (let round = 0; round < rounds; round++) {
        const person = newPerson();
        const { id } = await auth.users.create({ email: person.email, emailVerified: true });
        const ways = await allAtOnce(callers, () => depart(person));
        expect(tally(await Promise.all(ways.map(arrive)))).toEqual({ "/home": callers });
        expect(await auth.oauth.listAccounts(id)).toHaveLength(1);
        expect(await arrive(await depart(person))).toBe("/home");
      }
    },
    10 * minutes,
  );

  it("first sign-ins to an account that nobody proved take it over once", async () => {
    const person = newPerson();
    const account = { email: person.email, password: newCredentials().password };
    const { token, user } = await auth.signUp(account);
    const ways = await allAtOnce(callers, () => depart(person));
    expect(tally(await Promise.all(ways.map(arrive)))).toEqual({ "/home": callers });
    expect(await auth.getSession(token)).toBeNull();
    expect(await errorCode(auth.signIn(account))).toBe("invalid_credentials");
    const sessions = await Promise.all(ways.map(({ browser }) => browser.get("/session")));
    // The one that took it over ended what there was, and nothing after it.
    expect(sessions.map(({ body }) => body?.["user"])).toEqual(
      Array<unknown>(callers).fill(expect.objectContaining({ id: user.id })),
    );
  });

  it("OA-10: one way back opens one session, however often it is gone", async () => {
    for (let round = 0; round < 20; round++) {
      const way = await depart(newPerson());
      const mark = way.browser.cookies.get("__Host-wispy-module-oauth")!;
      const path = way.back.slice(`${testBaseUrl}/auth`.length);
      const before = await count("sessions");
      const places = await allAtOnce(50, async () => {
        const cookie = `__Host-wispy-module-oauth=${mark}`;
        return placeOf(await createOAuthBrowser(auth).get(path, { cookie }));
      });
      expect(tally(places)).toEqual({
        "/home": 1,
        "/sign-in?error=oauth.state_invalid&provider=acme": 49,
      });
      expect(await count("sessions")).toBe(before + 1);
    }
  });

  it("OA-12: of two ways in that are taken away at once, one stays", async () => {
    for (let round = 0; round < 20; round++) {
      const person = newPerson();
      const way = await depart(person);
      await arrive(way);
      await arrive(await depart(newPerson(), "other", way.browser));
      const { id: userId } = (await auth.users.getByEmail(person.email))!;
      const accounts = await auth.oauth.listAccounts(userId);
      expect(accounts).toHaveLength(2);
      const answers = await allAtOnce(callers, (index) =>
        auth.oauth.unlink({ userId, accountId: accounts[index % 2]!.id }).catch((error: unknown) => {
          expect(error).toMatchObject({ code: "oauth.last_way_in" });
          return false;
        }),
      );
      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await auth.oauth.listAccounts(userId)).toHaveLength(1);
    }
  });

  it("an identity that two accounts link at once is one's", async () => {
    for (let round = 0; round < 10; round++) {
      const person = newPerson();
      const ways = await allAtOnce(4, async () => {
        const browser = createOAuthBrowser(auth);
        await browser.post("/sign-up", newCredentials());
        return depart(person, "acme", browser);
      });
      expect(tally(await Promise.all(ways.map(arrive)))).toEqual({
        "/home": 1,
        "/sign-in?error=oauth.identity_taken&provider=acme": 3,
      });
    }
  });
});
