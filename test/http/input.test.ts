import { describe, expect, it } from "vitest";

import { inputRoutes, makeHandler, siteRequest, unsafeRoutes } from "./support/make-handler.ts";
import { liveToken } from "./support/stand-in-operations.ts";

const bearer = { authorization: `Bearer ${liveToken}` };

interface Problem {
  readonly code: string;
  readonly issues: readonly { readonly path: string; readonly message: string }[];
}

/** Columns of our tables and what they are called in objects: nothing of it can be set from outside. */
const columns = [
  "id",
  "userId",
  "user_id",
  "role",
  "isAdmin",
  "emailVerified",
  "emailVerifiedAt",
  "email_verified_at",
  "disabledAt",
  "disabled_at",
  "createdAt",
  "created_at",
  "updatedAt",
  "updated_at",
  "passwordHash",
  "password_hash",
  "tokenHash",
  "token",
  "sessionId",
  "expiresAt",
  "absoluteExpiresAt",
  "authenticatedAt",
  "lastSeenAt",
  "ipAddress",
  "userAgent",
  "failures",
  "lockedUntil",
];

const wrongTypes: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  [],
  ["a"],
  [["a"]],
  {},
  { a: 1 },
  { length: 3 },
  { toString: "x" },
  [null],
];

async function send(
  method: string,
  path: string,
  body: unknown,
): Promise<{ status: number; problem: Problem; text: string }> {
  const { handler, operations, failures } = makeHandler();
  const response = await handler(siteRequest(method, path, { body, headers: bearer }));
  const text = await response.text();
  const changing = operations.calls.filter(({ operation }) => operation !== "getSession");
  expect(changing, text).toEqual([]);
  expect(failures).toEqual([]);
  return { status: response.status, problem: JSON.parse(text) as Problem, text };
}

describe("IN-08: a route takes its own fields and no other", () => {
  it("refuses every column name on every route that takes input", async () => {
    for (const route of inputRoutes) {
      for (const column of columns) {
        const { status, problem } = await send(route.method, route.path, {
          ...(route.body as object),
          [column]: "x",
        });
        expect([status, problem.code], `${route.path} ${column}`).toEqual([400, "invalid_input"]);
        expect(problem.issues[0]!.message).toMatch(/^has a field that is not one of: /);
      }
    }
  });

  it("refuses any field on the routes that take none", async () => {
    for (const route of unsafeRoutes.filter(
      ({ path }) => !path.startsWith("/sessions") && path === "/sign-out",
    )) {
      for (const column of columns)
        expect((await send(route.method, route.path, { [column]: "x" })).status).toBe(400);
    }
  });
});

describe("IN-09: the acting user comes from the session alone", () => {
  it("answers 401 to every route that needs one, with a user id in the body or without", async () => {
    const { handler, operations } = makeHandler();
    for (const route of unsafeRoutes.filter(({ path }) => !path.startsWith("/sign-"))) {
      for (const body of [route.body, { ...(route.body as object | undefined), userId: "x" }]) {
        const response = await handler(siteRequest(route.method, route.path, { body }));
        expect(response.status, route.path).toBe(401);
        expect(response.headers.get("www-authenticate")).toBe("Bearer");
      }
    }
    for (const path of ["/session", "/sessions"]) {
      expect((await handler(siteRequest("GET", `${path}?userId=x`))).status).toBe(401);
    }
    expect(operations.calls).toEqual([]);
  });
});

describe("IN-10: wrong types", () => {
  it("are refused in each leaf of each route, with the leaf's path", async () => {
    for (const route of inputRoutes) {
      for (const leaf of Object.keys(route.body as object)) {
        for (const wrong of wrongTypes) {
          const { status, problem } = await send(route.method, route.path, {
            ...(route.body as object),
            [leaf]: wrong,
          });
          expect([status, problem.code], `${route.path} ${leaf}`).toEqual([400, "invalid_input"]);
          expect(problem.issues).toEqual([{ path: leaf, message: "must be text" }]);
        }
      }
    }
  });

  it("are refused as the whole body", async () => {
    for (const route of inputRoutes) {
      for (const wrong of [
        ...wrongTypes.filter((value) => typeof value !== "object" || Array.isArray(value)),
        null,
        '"text"',
      ]) {
        expect((await send(route.method, route.path, JSON.stringify(wrong))).status).toBe(400);
      }
    }
  });

  it("name what is missing", async () => {
    const { problem } = await send("POST", "/sign-in", {});
    expect(problem.issues).toEqual([
      { path: "email", message: "is missing" },
      { path: "password", message: "is missing" },
    ]);
  });

  it("IN-12: and so are oversized fields", async () => {
    const { problem } = await send("POST", "/sign-in", {
      email: "a".repeat(321),
      password: "\ufdfa".repeat(4097),
    });
    expect(problem.issues.map((issue) => issue.message)).toEqual([
      "must be at most 320 characters",
      "must be at most 4096 characters",
    ]);
  });
});

describe("IN-07: NUL and half characters", () => {
  it("are refused in every text of every route", async () => {
    for (const route of inputRoutes) {
      for (const leaf of [...Object.keys(route.body as object), "unknown"]) {
        for (const bad of ["\\u0000", "a\\u0000b", "\\ud800", "\\udfff", "x\\ud83d"]) {
          const text = JSON.stringify({ ...(route.body as object), [leaf]: "@@" }).replace("@@", bad);
          expect((await send(route.method, route.path, text)).problem.code).toBe("invalid_input");
        }
      }
    }
  });
});

describe("IN-11: keys that name a prototype", () => {
  it("are refused in every input and change no prototype", async () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    for (const route of inputRoutes) {
      for (const key of ["__proto__", "constructor", "prototype"]) {
        const text = JSON.stringify(route.body).replace("{", `{"${key}":{"admin":true},`);
        expect((await send(route.method, route.path, text)).status).toBe(400);
      }
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });
});

describe("answers to bad input", () => {
  it("never repeat what was sent", async () => {
    for (const body of [
      { email: { canary: 1 }, password: "canary-password" },
      { email: "canary@example.com", password: 5, canary: "canary" },
      { email: `canary${"x".repeat(400)}`, password: "canary-password" },
    ]) {
      expect((await send("POST", "/sign-in", body)).text).not.toContain("canary");
    }
  });
});
