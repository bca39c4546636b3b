import { beforeAll, expect, it } from "vitest";
import type { LogEntry } from "../../../src/log.ts";
import {
  createTestAuth,
  newCredentials,
  testBaseUrl,
  type TestAuth,
} from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";

forEachDatabase("CF-03: a database that is gone", (ctx) => {
  let auth: TestAuth;
  let token: string;
  const logged: LogEntry[] = [];

  beforeAll(async () => {
    const database = await ctx.createDatabase();
    const host = database.open();
    auth = await createTestAuth(ctx, { database: host.native, log: (entry) => logged.push(entry) });
    ({ token } = await auth.signUp(newCredentials()));
    await host.close();
  });

  it("means 5xx on every route that needs it, nobody signed in, and nothing of the reason outside the log", async () => {
    const routes: readonly (readonly [string, string, unknown?])[] = [
      ["GET", "/session"],
      ["GET", "/sessions"],
      ["GET", "/health"],
      ["POST", "/sign-out"],
      ["POST", "/sign-up", newCredentials()],
      ["POST", "/sign-in", newCredentials()],
      ["POST", "/password/change", { currentPassword: "a long password", newPassword: "another long one" }],
      ["DELETE", "/sessions"],
      ["DELETE", "/user", { password: "a long password" }],
    ];
    for (const [method, path, body] of routes) {
      const request = new Request(`${testBaseUrl}/auth${path}`, {
        method,
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const response = await auth.handler(request);
      const problem = (await response.json()) as Record<string, unknown>;
      expect([500, 503], `${method} ${path}`).toContain(response.status);
      expect(["database_unavailable", "internal_error"]).toContain(problem["code"]);
      expect(Object.keys(problem).sort()).toEqual(["code", "status", "title", "type"]);
      expect(response.headers.getSetCookie()).toEqual([]);
      if (path === "/health") expect(response.status).toBe(503);
    }
    expect(logged.filter(({ event }) => event === "http.failed").length).toBe(routes.length);
  });
});
