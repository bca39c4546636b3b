import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { oidc } from "wispy-auth/oauth";
import { createOAuthAuth, type OAuthAuth } from "../../modules/oauth/support/oauth-auth.ts";
import { createOAuthBrowser, placeOf, type OAuthBrowser } from "../../modules/oauth/support/oauth-browser.ts";
import { startStubIssuer, type StubIssuer } from "../../modules/oauth/support/stub-issuer.ts";
import { testBaseUrl } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, tally } from "../core/support/error-code.ts";

let issuer: StubIssuer;
beforeAll(async () => {
  issuer = await startStubIssuer("ES256");
  issuer.answers.token = async (parameters) => ({
    access_token: "a token",
    token_type: "Bearer",
    id_token: await issuer.idToken(JSON.parse(parameters.get("code")!)),
  });
});
afterAll(() => issuer.stop());

forEachDatabase("the way of a user who comes from a provider", (ctx) => {
  let auth: OAuthAuth;
  beforeAll(async () => {
    const client = { issuer: issuer.url, clientId: "wispy", clientSecret: "a secret" };
    auth = await createOAuthAuth(ctx, { providers: [oidc({ id: "acme", ...client })] });
  });

  const goAndComeBack = async (browser: OAuthBrowser, action: "start" | "link", sub: string) => {
    const { body } = await browser.post(`/oauth/acme/${action}`, {});
    const { searchParams } = new URL(String(body?.["url"]));
    const who = { sub, email: `${sub}@example.com`, email_verified: true, nonce: searchParams.get("nonce") };
    const back = new URLSearchParams({ code: JSON.stringify(who), state: searchParams.get("state")! });
    return placeOf(await browser.comeBack(`${testBaseUrl}/auth/oauth/acme/callback?${back.toString()}`));
  };

  it("signs up, comes back, links and unlinks another account, and goes", async () => {
    const [sub, other] = [randomUUID(), randomUUID()];
    const browser = createOAuthBrowser(auth);
    expect(await goAndComeBack(browser, "start", sub)).toBe("/home");
    await browser.post("/sign-out");
    expect(await goAndComeBack(browser, "start", sub)).toBe("/home");
    expect(await goAndComeBack(browser, "link", other)).toBe("/home");
    const { id } = (await auth.users.getByEmail(`${sub}@example.com`))!;
    const accounts = await auth.oauth.listAccounts(id);
    expect(accounts).toHaveLength(2);
    expect((await browser.delete(`/oauth/accounts/${accounts[0]!.id}`)).status).toBe(204);
    expect((await browser.delete(`/oauth/accounts/${accounts[1]!.id}`)).status).toBe(409);
    await auth.users.delete(id);
    expect(await auth.oauth.listAccounts(id)).toEqual([]);
    expect((await auth.cleanUp()).modules).toEqual({ oauth: { expiredStates: 0 } });
  });

  it("is one account, however many of its browsers come at once", async () => {
    const sub = randomUUID();
    const places = await allAtOnce(10, () => goAndComeBack(createOAuthBrowser(auth), "start", sub));
    expect(tally(places)).toEqual({ "/home": 10 });
  });
});
