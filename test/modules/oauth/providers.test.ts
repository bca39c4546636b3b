import { randomInt, randomUUID } from "node:crypto";
import { jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apple, google, microsoft, oauth, oauth2, oidc, type OAuthProvider } from "wispy-auth/oauth";
import { createAuth } from "wispy-auth";
import { optionsOf, testBaseUrl } from "../../support/create-test-auth.ts";
import { forDatabase } from "../../support/for-each-database.ts";
import { createOAuthAuth, type OAuthAuth } from "./support/oauth-auth.ts";
import { createOAuthBrowser, placeOf } from "./support/oauth-browser.ts";
import { appleKey, recordedProviders, tenant, type RecordedProvider } from "./support/recorded-providers.ts";
import { startRecordedServers, type RecordedServers } from "./support/recorded-servers.ts";

let servers: RecordedServers;
beforeAll(async () => {
  servers = await startRecordedServers();
});
afterAll(() => servers.stop());

const twin = { clientId: "a", clientSecret: "b" };

const byId = (id: string): RecordedProvider => recordedProviders.find(({ provider }) => provider.id === id)!;

forDatabase("sqlite", "a provider's description", (ctx) => {
  let auth: OAuthAuth;
  const own = oauth2({
    id: "own",
    authorizationUrl: "https://own.example/authorize",
    tokenUrl: "https://own.example/token",
    clientId: "client",
    clientSecret: "canary-secret",
    secretIn: "body",
    async readProfile(get) {
      const me = (await get("https://own.example/me")) as { uid: number; mail: string; proved: boolean };
      return { subject: me.uid, email: me.mail, emailVerified: me.proved };
    },
  });
  const recordedOwn: RecordedProvider = {
    provider: own,
    issuer: null,
    claims: null,
    keysUrl: null,
    tokenUrl: "https://own.example/token",
    subjectOf: (subject) => subject,
    answers: ({ subject, email, verified }) => ({
      "https://own.example/me": { uid: Number(subject), mail: email, proved: verified },
    }),
  };
  const all = [...recordedProviders, recordedOwn];
  beforeAll(async () => {
    const providers = all.map(({ provider }) => provider);
    auth = await createOAuthAuth(ctx, { providers, fetch: servers.fetch, allowLoopback: false });
  });

  /** Signs somebody new in, with what the provider says of the address. */
  const signIn = async (
    recorded: RecordedProvider,
    verified: unknown,
    {
      claims,
      extra = {},
    }: { readonly claims?: Record<string, unknown>; readonly extra?: Record<string, string> } = {},
  ) => {
    const person = {
      subject: String(randomInt(1, 2 ** 40)),
      email: `${randomUUID()}@example.com`,
      verified,
    };
    const { id } = recorded.provider;
    const browser = createOAuthBrowser(auth);
    // Metadata is asked for at the start already.
    servers.expect({ recorded, person, page: new URL(testBaseUrl) });
    const { body } = await browser.start(id);
    const page = new URL(String(body?.["url"]));
    servers.expect({ recorded, person, page, ...(claims && { claims }) });
    const back = new URLSearchParams({ code: "a", state: page.searchParams.get("state")!, ...extra });
    const answer = await browser.comeBack(`${testBaseUrl}/auth/oauth/${id}/callback?${back.toString()}`);
    return { person, page, browser, place: placeOf(answer), user: await auth.users.getByEmail(person.email) };
  };

  const says = [true, false, undefined, "true", 1];
  const cases = all.flatMap((recorded) =>
    says.map((verified) => ({ id: recorded.provider.id, recorded, verified })),
  );
  it.each(cases)(
    "OA-09: $id proves an address by $verified or does not",
    async ({ id, recorded, verified }) => {
      const proves = id !== "facebook" && (verified === true || (id === "apple" && verified === "true"));
      const { place, user, person } = await signIn(recorded, verified);
      expect(place).toBe("/home");
      expect(user?.email).toBe(person.email);
      expect(user?.emailVerifiedAt !== null).toBe(proves);
      const rows = await ctx.host.query(
        `select provider, subject from ${ctx.table("oauth_identities")} where user_id = $1`,
        [user!.id],
      );
      expect(rows).toEqual([{ provider: id, subject: recorded.subjectOf(person.subject) }]);
    },
  );

  it("OA-01: asks for exactly what is registered", async () => {
    for (const recorded of all) {
      const { page } = await signIn(recorded, true);
      const { id } = recorded.provider;
      expect(page.searchParams.get("redirect_uri")).toBe(`${testBaseUrl}/auth/oauth/${id}/callback`);
      expect(page.searchParams.get("scope")).toBe(recorded.provider.scopes.join(" "));
      expect(page.searchParams.has("nonce")).toBe(recorded.claims !== null);
      expect(page.href).not.toContain("canary");
    }
  });

  describe("Apple", () => {
    it("gets a secret that its key signed, good for minutes", async () => {
      await signIn(byId("apple"), "true");
      const { payload, protectedHeader } = await jwtVerify(
        servers.lastExchange().get("client_secret")!,
        appleKey.publicKey,
        { audience: "https://appleid.apple.com", issuer: "TEAM123456", subject: "client" },
      );
      expect(protectedHeader).toEqual({ alg: "ES256", kid: "KEY1234567" });
      expect(payload.exp! - payload.iat!).toBe(300);
    });

    it("answers by a form, from which the name comes along", async () => {
      const user = JSON.stringify({
        name: { firstName: "Ada", lastName: "Lovelace" },
        email: "a@example.com",
      });
      const form = new URLSearchParams({ code: "a", state: "b", user });
      const answer = await auth.handler(
        new Request(`${testBaseUrl}/auth/oauth/apple/callback`, {
          method: "POST",
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            origin: "https://appleid.apple.com",
            "sec-fetch-site": "cross-site",
          },
          body: form,
        }),
      );
      expect(answer.status).toBe(303);
      const location = new URL(answer.headers.get("location")!);
      expect(location.origin + location.pathname).toBe(`${testBaseUrl}/auth/oauth/apple/callback`);
      expect(location.searchParams.get("user")).toBe(user);
      const signedIn = await signIn(byId("apple"), "true", { extra: { user } });
      expect(signedIn.user).toMatchObject({ name: "Ada Lovelace" });
      expect(signedIn.page.searchParams.get("response_mode")).toBe("form_post");
    });

    it.each(["", "no JSON", "[]", '{"name":7}', '{"name":{"firstName":{}}}'])(
      "gives no name by %j",
      async (user) => {
        const { place, user: made } = await signIn(byId("apple"), "true", { extra: { user } });
        expect([place, made?.name]).toEqual(["/home", null]);
      },
    );

    it("takes a key and nothing else", () => {
      const given = { clientId: "a", teamId: "b", keyId: "c" };
      for (const privateKey of [
        "",
        "canary",
        "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----",
      ]) {
        expect(() => apple({ ...given, privateKey })).toThrow(/^(?!.*canary).*p8/);
      }
    });
  });

  describe("OA-04: Microsoft", () => {
    const refused = "/sign-in?error=oauth.response_invalid&provider=microsoft";
    it.each([
      ["a tenant that is not its issuer's", { tid: "99999999-2222-3333-4444-555555555555" }],
      ["no tenant", { tid: undefined }],
      ["a tenant that is no id", { tid: "common", iss: "https://login.microsoftonline.com/common/v2.0" }],
      ["a path", { tid: `${tenant}/../x`, iss: `https://login.microsoftonline.com/${tenant}/../x/v2.0` }],
      ["another issuer", { iss: `https://evil.example/${tenant}/v2.0` }],
    ])("is not believed with %s", async (_, claims) => {
      expect((await signIn(byId("microsoft"), true, { claims })).place).toBe(refused);
    });

    it("can be one tenant alone", () => {
      const client = { clientId: "a", clientSecret: "b" };
      const issuerOf = (provider: OAuthProvider) => provider.server.issuer;
      expect(issuerOf(microsoft({ ...client, tenant }))).toBe(
        `https://login.microsoftonline.com/${tenant}/v2.0`,
      );
      expect(issuerOf(microsoft({ ...client, tenant: "consumers" }))).toContain("9188040d-");
      expect(issuerOf(microsoft({ ...client, tenant: "organizations" }))).toContain("{tenantid}");
    });
  });

  it.each([
    ["without baseUrl", { baseUrl: undefined }, {}, /baseUrl/],
    ["without a secret", { secret: undefined }, {}, /secret/],
    ["with two of one name", {}, { providers: [google(twin), google(twin)] }, /two providers called google/],
    ["with a name of ours", {}, { providers: [google({ ...twin, id: "accounts" })] }, /called accounts/],
    [
      "with a name that is none",
      {},
      { providers: [google({ ...twin, id: "My Google" })] },
      /called My Google/,
    ],
    ["without a client", {}, { providers: [google({ ...twin, clientId: "" })] }, /clientId of google/],
    ["by plain http", {}, { providers: [oidc({ ...twin, id: "a", issuer: "http://a.example" })] }, /https/],
    ["with a page elsewhere", {}, { pages: { error: "https://evil.example/" } }, /page error/],
    ["with an origin that is none", {}, { redirectOrigins: ["https://a.example/b"] }, /redirectOrigins/],
  ] as const)("does not start %s", async (...[, overrides, options, message]) => {
    const { baseUrl, secret, ...others } = { ...optionsOf(ctx), ...overrides };
    const given = { ...others, ...(baseUrl && { baseUrl }), ...(secret && { secret }) };
    const modules = [oauth({ providers: [], ...options })];
    await expect(createAuth({ ...given, modules })).rejects.toThrow(message);
  });
});
