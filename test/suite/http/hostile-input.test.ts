import { beforeAll, describe, expect, it } from "vitest";
import { coreTables } from "../../../src/core/migrations/core-tables.ts";
import type { LogEntry } from "../../../src/log.ts";
import {
  createTestAuth,
  newCredentials,
  testBaseUrl,
  type TestAuth,
} from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { dumpTables } from "./support/dump-tables.ts";

/** Forty values that have broken something somewhere, as JSON. */
const payloads: readonly string[] = [
  ...'null true false 0 -1 1e400 [] {} [[]] [null] {"a":1} {"length":1} ["a","b"]'.split(" "),
  ...'""|" "|"\\u0000"|"\\ud800"|"\\udc00x"|"\\r\\nset-cookie: x=y"|"\\u202e"|"\\ufeff"'.split("|"),
  ...texts([
    "' or 1=1 --",
    "'; drop table users; --",
    "${7*7}",
    "{{7*7}}",
    "%00",
    "../../etc/passwd",
    "$1",
    "?",
    "\\\\",
  ]),
  ...texts(["a@b@c.example", "a@b.example,c@d.example", "<script>alert(1)</script>"]),
  ...texts([
    "İ@example.com",
    "K@example.com",
    "＠",
    "x".repeat(30_000),
    "\ufdfa".repeat(4_000),
    "😀".repeat(300),
  ]),
  `${"[".repeat(50)}${"]".repeat(50)}`,
];

function texts(values: readonly string[]): string[] {
  return values.map((value) => JSON.stringify(value));
}

const vocabulary = [
  "invalid_input",
  "password_rejected",
  "user_exists",
  "invalid_credentials",
  "unauthenticated",
  "payload_too_large",
];

interface InputRoute {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

forEachDatabase("hostile input", (ctx) => {
  let auth: TestAuth;
  let token: string;
  let routes: readonly InputRoute[];
  const logged: LogEntry[] = [];

  beforeAll(async () => {
    auth = await createTestAuth(ctx, { log: (entry) => logged.push(entry) });
    const { email, password } = newCredentials();
    ({ token } = await auth.signUp({ email, password }));
    const wrong = "not the password";
    routes = [
      { method: "POST", path: "/sign-up", body: { email, password, name: "Ada", tokenDelivery: "body" } },
      {
        method: "POST",
        path: "/sign-in",
        body: { email: newCredentials().email, password: wrong, deviceToken: "x", tokenDelivery: "body" },
      },
      {
        method: "POST",
        path: "/password/change",
        body: { currentPassword: wrong, newPassword: "another long one" },
      },
      { method: "DELETE", path: "/user", body: { password: wrong } },
    ];
  });

  async function send(
    route: InputRoute,
    text: string,
  ): Promise<{ status: number; code: string; text: string }> {
    const request = new Request(`${testBaseUrl}/auth${route.path}`, {
      method: route.method,
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: text,
    });
    const response = await auth.handler(request);
    const answer = await response.text();
    const { code } = JSON.parse(answer) as { code: string };
    return { status: response.status, code, text: answer };
  }

  it("gets an answer of the closed vocabulary on each route and leaf, never a 5xx", async () => {
    expect(payloads.length).toBe(40);
    for (const route of routes) {
      for (const leaf of Object.keys(route.body)) {
        for (const payload of payloads) {
          const text = JSON.stringify({ ...route.body, [leaf]: "@@" }).replace('"@@"', () => payload);
          const answer = await send(route, text);
          // A name, a device token and some passwords may be any text: then the rest of the request decides.
          const isFine = answer.status < 300 || answer.status === 429;
          if (!isFine)
            expect(vocabulary, `${route.path} ${leaf} ${payload.slice(0, 60)}: ${answer.text}`).toContain(
              answer.code,
            );
          expect(answer.status).toBeLessThan(500);
        }
      }
    }
    expect(logged.filter(({ event }) => event === "http.failed")).toEqual([]);
  });

  it("IN-08: a column's name in a body changes no row", async () => {
    const columns = new Set(coreTables.flatMap((table) => Object.keys(table.columns)));
    const before = await dumpTables(ctx);
    for (const route of routes) {
      for (const column of columns) {
        if (column in route.body) continue;
        const snake = column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        for (const name of new Set([column, snake])) {
          expect((await send(route, JSON.stringify({ ...route.body, [name]: "x" }))).code).toBe(
            "invalid_input",
          );
        }
      }
    }
    expect(await dumpTables(ctx)).toEqual(before);
  });

  describe("IN-07", () => {
    it("leaves the connection usable after text that a database refuses", async () => {
      for (const bad of ["\\u0000", "\\ud800"]) {
        for (const route of routes) {
          for (const leaf of Object.keys(route.body)) {
            const text = JSON.stringify({ ...route.body, [leaf]: "@@" }).replace("@@", bad);
            expect((await send(route, text)).code).toBe("invalid_input");
          }
        }
      }
      const headers = { authorization: `Bearer ${token}`, "user-agent": "a\x01b\xff" };
      expect((await auth.handler(new Request(`${testBaseUrl}/auth/session`, { headers }))).status).toBe(200);
      expect((await auth.handler(new Request(`${testBaseUrl}/auth/health`))).status).toBe(200);
    });
  });
});
