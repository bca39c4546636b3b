import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuth, type OpenApiDocument } from "wispy-auth";
import { emailVerification } from "wispy-auth/email-verification";
import { mail, memoryTransport } from "wispy-auth/mail";
import { defineModule, implementRoute, type Schema } from "wispy-auth/module";
import { github, oauth } from "wispy-auth/oauth";
import { passwordReset } from "wispy-auth/password-reset";
import { rateLimits } from "wispy-auth/rate-limits";
import { referrals } from "wispy-auth/referrals";
import { twoFactor } from "wispy-auth/two-factor";
import { cheapHasher, newCredentials, testBaseUrl } from "../support/create-test-auth.ts";

const common = {
  database: "sqlite::memory:",
  baseUrl: testBaseUrl,
  secret: "a secret of at least thirty-two bytes, for tests",
  log: () => undefined,
  password: { hasher: cheapHasher },
};

const allModules = () =>
  [
    mail({ from: "Test <test@example.com>", transport: memoryTransport(), delivery: "manual" }),
    emailVerification({ required: false }),
    passwordReset(),
    twoFactor({ issuer: "Test", mail: true }),
    rateLimits({ callersWithoutAddress: null }),
    referrals(),
    oauth({ providers: [github({ clientId: "id", clientSecret: "secret" })] }),
  ] as const;

const operationsOf = (document: OpenApiDocument) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );

describe("auth.openApi", () => {
  const open = () => createAuth({ ...common, modules: allModules() });
  let auth: Awaited<ReturnType<typeof open>>;
  let document: OpenApiDocument;
  beforeAll(async () => {
    auth = await open();
    document = await auth.openApi();
  });
  afterAll(() => auth.close());

  it("gives a valid OpenAPI 3.1 document, which is plain data", async () => {
    const copy = JSON.parse(JSON.stringify(document)) as OpenApiDocument;
    expect(copy).toEqual(document);
    const { valid, errors } = await new Validator().validate({ ...copy });
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(document.servers).toEqual([{ url: `${testBaseUrl}/auth` }]);
  });

  it("names nothing that is not there", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, at]) => at!);
    expect(references.length).toBeGreaterThan(50);
    for (const reference of new Set(references)) {
      const found = reference
        .split("/")
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document);
      expect(found, reference).toBeTypeOf("object");
    }
    expect(JSON.stringify(document)).not.toContain("$defs");
  });

  it("describes every route that is served, and where it is", async () => {
    const operations = operationsOf(document);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(operations.length).toBeGreaterThan(40);
    for (const { path, method } of operations) {
      const url = `${testBaseUrl}/auth${path.replaceAll(/\{\w+\}/g, "some-name")}`;
      const options = await auth.handler(new Request(url, { method: "OPTIONS" }));
      expect(options.headers.get("allow"), path).toContain(method.toUpperCase());
    }
    const modules = ["emailVerification", "passwordReset", "twoFactor", "referrals", "oauth"];
    expect(document.tags.map(({ name }) => name)).toEqual(["account", ...modules]);
  });

  it("leaves out what is not served, and takes a title, a version and an address", async () => {
    const small = await createAuth({ ...common, disabledRoutes: ["signUp"], basePath: "/" });
    const described = await small.openApi({
      title: "Ours",
      version: "2.1",
      serverUrl: "https://api.example.com",
    });
    await small.close();
    expect(described.info).toEqual({ title: "Ours", version: "2.1" });
    expect(described.servers).toEqual([{ url: "https://api.example.com" }]);
    expect(described.paths["/sign-up"]).toBeUndefined();
    expect(described.paths["/sign-in"]).toBeDefined();
  });

  it("has the parameters, the fields and answers that modules add", () => {
    const { parameters } = document.paths["/referrals/referrals"]!["get"]!;
    expect(parameters).toEqual([
      { name: "limit", in: "query", required: false, schema: { type: "number" } },
      { name: "after", in: "query", required: false, schema: { type: "string", format: "uuid" } },
    ]);
    expect(document.paths["/sessions/{id}"]!["delete"]).toMatchObject({
      parameters: [{ name: "id", in: "path", required: true }],
      security: [{ cookie: [] }, { bearer: [] }],
    });
    expect(document.paths["/sign-up"]!["post"]).toMatchObject({
      requestBody: {
        content: {
          "application/json": {
            schema: {
              required: ["email", "password"],
              properties: { referralCode: { type: "string", maxLength: 64 } },
            },
          },
        },
      },
    });
    expect(document.components.securitySchemes["cookie"]).toMatchObject({ name: "__Host-wispy-session" });
  });

  it("says what is really answered: successes and failures alike", async () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema({ $id: "document", ...document });
    const seen: string[] = [];

    const send = async (
      { path, method, at = path }: { path: string; method: string; at?: string },
      { body, token }: { body?: unknown; token?: string } = {},
    ) => {
      const headers = new Headers({ origin: testBaseUrl });
      if (body !== undefined) headers.set("content-type", "application/json");
      if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
      const url = `${testBaseUrl}/auth${at}`;
      const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
      const response = await auth.handler(new Request(url, init));
      const text = await response.text();
      const status = String(response.status);
      seen.push(`${method} ${path} ${status}`);
      const described = (
        document.paths[path]![method.toLowerCase()]!["responses"] as Record<string, { content?: object }>
      )[status];
      expect(described, `${method} ${path} ${status} is not described: ${text}`).toBeDefined();
      const type = response.headers.get("content-type");
      if (described!.content === undefined) expect(text).toBe("");
      else {
        const pointer = ["paths", path, method.toLowerCase(), "responses", status, "content", type!, "schema"]
          .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
          .join("/");
        const valid = ajv.validate({ $ref: `document#/${pointer}` }, JSON.parse(text));
        expect(ajv.errors ?? [], `${method} ${path}: ${text}`).toEqual([]);
        expect(valid).toBe(true);
      }
      return text === "" ? {} : (JSON.parse(text) as Record<string, never>);
    };

    const credentials = newCredentials();
    const inBody = { ...credentials, tokenDelivery: "body" };
    const { token } = await send({ path: "/sign-up", method: "POST" }, { body: inBody });
    const code = await send({ path: "/referrals/codes", method: "POST" }, { body: {}, token: token! });
    const other = newCredentials();
    await send({ path: "/sign-up", method: "POST" }, { body: { ...other, referralCode: code["code"] } });
    await send({ path: "/sign-up", method: "POST" }, { body: other });
    await send({ path: "/sign-up", method: "POST" }, { body: { email: 1 } });
    await send({ path: "/sign-up", method: "POST" }, { body: { ...newCredentials(), password: "password" } });
    await send(
      { path: "/sign-in", method: "POST" },
      { body: { ...credentials, password: "wrong entirely" } },
    );
    await send({ path: "/sign-in", method: "POST" }, { body: inBody });
    await send({ path: "/session", method: "GET" });
    await send({ path: "/session", method: "GET" }, { token: token! });
    await send({ path: "/sessions", method: "GET" }, { token: token! });
    await send({ path: "/sessions/{id}", method: "DELETE", at: "/sessions/none" }, { token: token! });
    await send({ path: "/referrals/codes", method: "GET" }, { token: token! });
    await send(
      { path: "/referrals/referrals", method: "GET", at: "/referrals/referrals?limit=5" },
      { token: token! },
    );
    await send(
      { path: "/referrals/referrals", method: "GET", at: "/referrals/referrals?limit=x" },
      { token: token! },
    );
    await send({ path: "/referrals/stats", method: "GET" }, { token: token! });
    await send({ path: "/referrals/check", method: "POST" }, { body: { code: "NOBODY" } });
    await send({ path: "/two-factor/totp", method: "POST" }, { token: token! });
    await send({ path: "/oauth/accounts", method: "GET" }, { token: token! });
    await send({ path: "/password-reset/request", method: "POST" }, { body: { email: credentials.email } });
    await send({ path: "/health", method: "GET" });
    await send({ path: "/sign-out", method: "POST" }, { token: token! });
    expect(seen.filter((line) => / 2\d\d$/.test(line)).length).toBeGreaterThan(12);
    expect(seen.filter((line) => / 4\d\d$/.test(line)).length).toBeGreaterThan(5);
  });
});

describe("auth.openApi with a module of somebody else's", () => {
  const schema = (jsonSchema?: Schema["~standard"]["jsonSchema"]): Schema => ({
    "~standard": { version: 1, vendor: "somebody", validate: (value) => ({ value }), jsonSchema },
  });
  const route = (id: string, input: Schema | null, output: Schema) =>
    implementRoute(
      {
        id: `shop.${id}`,
        method: input === null ? "GET" : "POST",
        path: `/shop/${id}`,
        summary: `The ${id}`,
        credential: "none",
        input,
        status: 200,
        output,
        errors: ["shop.closed"],
      },
      async () => ({ body: {} }),
    );
  const user = { $defs: { User: { type: "integer" } }, $ref: "#/$defs/User" };
  const told = schema({ input: () => ({ type: "string" }), output: () => user });
  const shop = () =>
    defineModule({
      name: "shop",
      errors: { "shop.closed": { status: 409, title: "Closed" } },
      start: () => ({
        api: {},
        routes: () => [route("order", told, schema()), route("owner", null, told)],
      }),
    });

  it("takes what its schemas tell, and anything where they do not; no name is taken twice", async () => {
    const auth = await createAuth({ ...common, modules: [shop()] });
    const document = await auth.openApi();
    await auth.close();
    const { valid, errors } = await new Validator().validate({ ...document });
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(document.paths["/shop/order"]!["post"]).toMatchObject({
      tags: ["shop"],
      requestBody: { content: { "application/json": { schema: { type: "string" } } } },
      responses: {
        "200": { content: { "application/json": { schema: {} } } },
        "409": { description: "shop.closed" },
      },
    });
    const { schemas } = document.components;
    expect(schemas["User"]).toMatchObject({ type: "object" });
    expect(schemas["User2"]).toEqual({ type: "integer" });
    expect(document.paths["/shop/owner"]!["get"]).toMatchObject({
      responses: {
        "200": { content: { "application/json": { schema: { $ref: "#/components/schemas/User2" } } } },
      },
    });
  });
});
