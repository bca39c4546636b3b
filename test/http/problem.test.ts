import { describe, expect, it } from "vitest";

import { AuthError, type AuthErrorCode, authErrorCodes } from "../../src/errors.ts";
import { errorStatuses } from "../../src/http/answers/error-status.ts";
import { toProblem } from "../../src/http/answers/problem.ts";
import { makeHandler, safeRoutes, siteRequest, unsafeRoutes } from "./support/make-handler.ts";
import { liveToken } from "./support/stand-in-operations.ts";

const bearer = { authorization: `Bearer ${liveToken}` };
const canary = "CANARY-select-from-/srv/app/node_modules";

/** What a client can ever read as a code. */
const vocabulary = [
  "invalid_input",
  "password_rejected",
  "user_exists",
  "invalid_credentials",
  "unauthenticated",
  "session_not_fresh",
  "sign_in_refused",
  "not_found",
  "too_many_requests",
  "origin_refused",
  "unsupported_media_type",
  "payload_too_large",
  "request_timeout",
  "method_not_allowed",
  "overloaded",
  "outcome_unknown",
  "database_unavailable",
  "internal_error",
];

describe("IN-15: failures", () => {
  it("are problem+json with a code of a closed vocabulary, for every code there is", async () => {
    for (const code of authErrorCodes) {
      const response = toProblem(makeError(code, `The message of ${code}.`));
      const body = (await response.json()) as Record<string, unknown>;
      expect(vocabulary).toContain(body["code"]);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(body["status"]).toBe(response.status);
      expect(body["type"]).toBe(`urn:wispy-auth:error:${String(body["code"])}`);
      if (vocabulary.includes(code)) expect(body["code"]).toBe(code);
      else expect(body).not.toHaveProperty("detail");
    }
  });

  it("tell nothing of the inside for the codes that come from there, data included", async () => {
    for (const code of authErrorCodes.filter((one) => !errorStatuses[one].explained)) {
      const data = {
        sql: canary,
        migrations: [canary],
        table: canary,
        differences: [canary],
        module: canary,
      };
      const error = new AuthError(code, { message: canary, data: data as never, cause: new Error(canary) });
      const response = toProblem(error);
      expect(await response.text()).not.toContain("CANARY");
      expect(response.status).toBeGreaterThanOrEqual(500);
    }
  });

  it("of 20 unforeseen kinds are internal_error on every route, and reach the log in full", async () => {
    const thrown: unknown[] = [
      new Error(canary),
      new TypeError(canary),
      new RangeError(canary),
      new SyntaxError(canary),
      new AggregateError([new Error(canary)], canary),
      Object.assign(new Error(canary), { code: "42P01", severity: "ERROR", detail: canary, table: "users" }),
      Object.assign(new Error(canary), { code: "SQLITE_CONSTRAINT_UNIQUE" }),
      Object.assign(new Error(canary), { code: "ECONNREFUSED", address: "10.0.0.1" }),
      Object.assign(new Error(canary), { status: 200, statusCode: 200, expose: true }),
      Object.assign(new Error(canary), { code: "invalid_credentials" }),
      new Response(canary, { status: 200 }),
      canary,
      42,
      null,
      Symbol(canary),
      { message: canary, toString: () => canary },
      Object.create(null),
      [canary],
      () => canary,
      new Proxy({}, { get: () => canary }),
    ];
    expect(thrown.length).toBe(20);
    for (const value of thrown) {
      for (const route of [...unsafeRoutes, ...safeRoutes.filter(({ path }) => path !== "/health")]) {
        const { handler, operations, failures } = makeHandler();
        operations.fail = value;
        const parts = "body" in route ? { body: route.body, headers: bearer } : { headers: bearer };
        const response = await handler(siteRequest(route.method, route.path, parts));
        const text = await response.text();
        expect(response.status).toBe(500);
        expect(JSON.parse(text)).toEqual({
          type: "urn:wispy-auth:error:internal_error",
          title: "Something went wrong on our side",
          status: 500,
          code: "internal_error",
        });
        expect([...response.headers].flat().join()).not.toContain("CANARY");
        expect(failures).toHaveLength(1);
        expect(failures[0]!.error.cause).toBe(value);
      }
    }
  });

  it("survive a logger that fails", async () => {
    const log = (): never => {
      throw new Error("the logger");
    };
    const { handler, operations } = makeHandler(undefined, { log });
    operations.fail = new Error(canary);
    const response = await handler(siteRequest("POST", "/sign-out", { headers: bearer }));
    expect(response.status).toBe(500);
  });

  it("say when to come back", async () => {
    const busy = toProblem(
      new AuthError("overloaded", { message: "Busy.", data: { retryAfterSeconds: 1.2 } }),
    );
    expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "2"]);
    const many = toProblem(
      new AuthError("too_many_requests", { message: "Wait.", data: { retryAfterSeconds: 30 } }),
    );
    expect([many.status, many.headers.get("retry-after")]).toEqual([429, "30"]);
    const down = toProblem(new AuthError("database_unavailable", { message: "Down." }));
    expect([down.status, down.headers.get("retry-after")]).toEqual([503, "1"]);
  });

  it("of the health check are 503, whatever broke", async () => {
    for (const failure of [new Error(canary), new AuthError("connection_timeout", { message: canary })]) {
      const { handler, operations, failures } = makeHandler();
      operations.fail = failure;
      const response = await handler(siteRequest("GET", "/health"));
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ code: "database_unavailable" });
      expect(failures).toHaveLength(1);
    }
  });
});

describe("CS-08: every answer", () => {
  it("has the headers that keep it private, unsniffed and unframed", async () => {
    const { handler } = makeHandler();
    const requests = [
      ...[...unsafeRoutes, ...safeRoutes].map((route) =>
        siteRequest(route.method, route.path, { headers: bearer }),
      ),
      siteRequest("GET", "/nowhere"),
      siteRequest("PUT", "/session"),
      siteRequest("OPTIONS", "/session"),
      siteRequest("HEAD", "/health"),
      siteRequest("POST", "/sign-in", { headers: { origin: "https://evil.example" } }),
    ];
    for (const request of requests) {
      const response = await handler(request);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      });
    }
  });
});

function makeError(code: AuthErrorCode, message: string): AuthError {
  return new AuthError(code, { message });
}
