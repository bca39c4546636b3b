import { createSecretKey, randomUUID } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, importJWK } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { oidc } from "wispy-auth/oauth";
import { testBaseUrl } from "../../support/create-test-auth.ts";
import { forDatabase } from "../../support/for-each-database.ts";
import { createOAuthAuth, type OAuthAuth } from "./support/oauth-auth.ts";
import { createOAuthBrowser, placeOf } from "./support/oauth-browser.ts";
import { startStubIssuer, type Forged, type StubIssuer } from "./support/stub-issuer.ts";

let stub: StubIssuer;
let second: StubIssuer;
beforeAll(async () => {
  stub = await startStubIssuer();
  second = await startStubIssuer();
});
afterAll(() => Promise.all([stub.stop(), second.stop()]));

const refused = "/sign-in?error=oauth.response_invalid&provider=acme";

forDatabase("sqlite", "what an issuer says", (ctx) => {
  let auth: OAuthAuth;
  const logged: unknown[] = [];
  beforeAll(async () => {
    const providers = [stub, second].map(({ url }, index) =>
      oidc({
        id: index === 0 ? "acme" : "other",
        issuer: url,
        clientId: "wispy",
        clientSecret: "canary-secret",
      }),
    );
    auth = await createOAuthAuth(ctx, { providers }, { log: (entry) => void logged.push(entry) });
  });
  beforeEach(() => void logged.splice(0));

  /** Where somebody is sent whom the issuer answers for like this; the nonce is right if the claims do not say another. */
  const comeBackWith = async (
    claims: Record<string, unknown>,
    forged: Forged & { readonly sub?: string } = {},
  ): Promise<string> => {
    const browser = createOAuthBrowser(auth);
    const { body } = await browser.start("acme");
    const { searchParams } = new URL(String(body?.["url"]));
    const sub = randomUUID();
    const told = { nonce: searchParams.get("nonce"), sub, email: `${sub}@example.com`, ...claims };
    stub.answers.token = async () => ({
      access_token: "canary-token",
      token_type: "Bearer",
      id_token: await stub.idToken(told, forged),
    });
    const back = `${testBaseUrl}/auth/oauth/acme/callback?code=a-code&state=${searchParams.get("state")!}`;
    const place = placeOf(await browser.comeBack(back));
    expect(browser.cookies.has("__Host-wispy-session")).toBe(place === "/home");
    return place;
  };
  const now = Math.floor(Date.now() / 1000);

  it("lets in by an ID token that holds", async () => {
    expect(await comeBackWith({})).toBe("/home");
    expect(await comeBackWith({ aud: ["wispy"] })).toBe("/home");
    expect(await comeBackWith({ aud: ["wispy", "more"], azp: "wispy" })).toBe("/home");
  });

  it.each([
    ["no nonce", { nonce: undefined }],
    ["another nonce", { nonce: "A".repeat(43) }],
    ["a nonce that is no text", { nonce: 7 }],
  ])("OA-03: refuses %s", async (_, claims) => {
    expect(await comeBackWith(claims)).toBe(refused);
  });

  it("OA-03: refuses an ID token that was good for somebody before", async () => {
    let earlier = "";
    const first = createOAuthBrowser(auth);
    const { body } = await first.start("acme");
    earlier = new URL(String(body?.["url"])).searchParams.get("nonce")!;
    expect(await comeBackWith({ nonce: earlier })).toBe(refused);
  });

  it.each([
    ["iss", { iss: undefined }],
    ["iss", { iss: "https://evil.example" }],
    ["iss", { iss: ["http://127.0.0.1"] }],
    ["aud", { aud: undefined }],
    ["aud", { aud: "another" }],
    ["aud", { aud: ["another"] }],
    ["azp", { aud: ["wispy", "more"] }],
    ["azp", { aud: ["wispy", "more"], azp: "more" }],
    ["azp", { azp: "more" }],
    ["exp", { exp: undefined }],
    ["exp", { exp: now - 3600 }],
    ["exp", { exp: "never" }],
    ["iat", { iat: undefined }],
    ["iat", { iat: now - 3600 }],
    ["iat", { iat: now + 600 }],
    ["iat", { iat: "now" }],
    ["nbf", { nbf: now + 600 }],
    ["sub", { sub: undefined }],
    ["sub", { sub: "" }],
    ["sub", { sub: 7 }],
    ["sub", { sub: "a".repeat(256) }],
    ["sub", { sub: "a\u0000b" }],
  ])("OA-05: refuses an ID token with a wrong %s: %j", async (_, claims) => {
    expect(await comeBackWith(claims)).toBe(refused);
  });

  it("OA-05: refuses keys that the token itself brings or points to, and of others", async () => {
    const foreign = await generateKeyPair("RS256", { extractable: true });
    const jwk = await exportJWK(foreign.publicKey);
    const key = foreign.privateKey;
    expect(await comeBackWith({}, { key })).toBe(refused);
    expect(await comeBackWith({}, { key, header: { jwk } })).toBe(refused);
    expect(await comeBackWith({}, { key, header: { jku: `${second.url}/keys` } })).toBe(refused);
    expect(await comeBackWith({}, { key, header: { x5u: `${second.url}/keys` } })).toBe(refused);
    expect(second.requests.filter((path) => path === "/keys")).toEqual([]);
  });

  it("OA-05: refuses an algorithm that is none, and one that takes the public key for a secret", async () => {
    const publicKey = (await importJWK(stub.answers.keys[0]!, "RS256", { extractable: true })) as CryptoKey;
    const secret = createSecretKey(Buffer.from(await exportSPKI(publicKey)));
    const hs = { key: new Uint8Array(secret.export()), header: { alg: "HS256" } };
    expect(await comeBackWith({}, hs)).toBe(refused);
    for (const announced of [["HS256"], ["none", "HS256", "RS256"]]) {
      stub.answers.metadata["id_token_signing_alg_values_supported"] = announced;
      expect(await comeBackWith({}, hs)).toBe(refused);
    }
    delete stub.answers.metadata["id_token_signing_alg_values_supported"];

    const browser = createOAuthBrowser(auth);
    const { body } = await browser.start("acme");
    const { searchParams } = new URL(String(body?.["url"]));
    stub.answers.token = async () => {
      const good = await stub.idToken({ nonce: searchParams.get("nonce") });
      const header = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
      return { access_token: "a", token_type: "Bearer", id_token: `${header}.${good.split(".")[1]!}.` };
    };
    const back = `${testBaseUrl}/auth/oauth/acme/callback?code=a&state=${searchParams.get("state")!}`;
    expect(placeOf(await browser.comeBack(back))).toBe(refused);
  });

  it("OA-05: asks for the keys once, however many unknown ones turn up", async () => {
    await comeBackWith({});
    stub.requests.splice(0);
    const places = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        comeBackWith({}, { header: { kid: `unknown-${String(index)}` } }),
      ),
    );
    expect(new Set(places)).toEqual(new Set([refused]));
    expect(stub.requests.filter((path) => path === "/keys").length).toBeLessThanOrEqual(1);
  });

  it("OA-04: refuses the answer of an issuer that another one was asked for", async () => {
    // The attacker's issuer hands the browser to the honest one, and gets its code: here the answer comes back to `acme`.
    const browser = createOAuthBrowser(auth);
    const { body } = await browser.start("other");
    const { searchParams } = new URL(String(body?.["url"]));
    const state = searchParams.get("state")!;
    stub.requests.splice(0);
    const mixed = `${testBaseUrl}/auth/oauth/acme/callback?code=honest&state=${state}`;
    expect(placeOf(await browser.comeBack(mixed))).toBe("/sign-in?error=oauth.state_invalid&provider=acme");
    second.answers.metadata["authorization_response_iss_parameter_supported"] = true;
    const named = `${testBaseUrl}/auth/oauth/other/callback?code=honest&state=${state}&iss=${stub.url}`;
    expect(placeOf(await browser.comeBack(named))).toBe(
      "/sign-in?error=oauth.response_invalid&provider=other",
    );
    expect([...stub.requests, ...second.requests].filter((path) => path === "/token")).toEqual([]);
  });

  it("SE-13: tells the log why, and none of what the issuer said", async () => {
    await comeBackWith({ nonce: "another", email: "canary@example.com" });
    const text = JSON.stringify(logged, (_, value: unknown) =>
      value instanceof Error ? `${value.name}: ${value.message} ${String(value.cause)}` : value,
    );
    expect(text).toContain("nonce");
    expect(text).not.toContain("canary");
  });

  describe("metadata", () => {
    it.each([
      { what: "of another issuer", changed: { issuer: "https://evil.example" }, code: "response_invalid" },
      { what: "without a token endpoint", changed: { token_endpoint: undefined }, code: "response_invalid" },
      {
        what: "that leads to plain http",
        changed: { token_endpoint: "http://evil.example/token" },
        code: "provider_unavailable",
      },
      {
        what: "that leads into the network",
        changed: { token_endpoint: "https://169.254.169.254/token" },
        code: "response_invalid",
      },
      {
        what: "that leads to another protocol",
        changed: { jwks_uri: "file:///etc/passwd" },
        code: "provider_unavailable",
      },
    ])("$what is not believed", async ({ changed, code }) => {
      const bad = await startStubIssuer();
      Object.assign(bad.answers.metadata, changed);
      const provider = oidc({ id: "acme", issuer: bad.url, clientId: "wispy" });
      const other = await createOAuthAuth(ctx, { providers: [provider] });
      const { body } = await createOAuthBrowser(other).start("acme");
      expect(body?.["code"]).toBe(`oauth.${code}`);
      await bad.stop();
    });
  });
});
