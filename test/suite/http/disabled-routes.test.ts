import { describe, expect, it } from "vitest";

import { isAuthError } from "wispy-auth";

import { createTestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";

forEachDatabase("an application that keeps parts to itself", (ctx) => {
  describe("disabledRoutes", () => {
    it("answers a disabled route like an unknown one, and its neighbours as ever", async () => {
      const auth = await createTestAuth(ctx, { disabledRoutes: ["signUp"] });
      const ask = (path: string) =>
        auth.handler(new Request(`http://localhost/auth${path}`, { method: "POST", body: "{}" }));
      expect((await ask("/sign-up")).status).toBe(404);
      expect((await ask("/sign-in")).status).toBe(415);
    });

    it("refuses the name of no route instead of leaving one open", async () => {
      const log: unknown[] = [];
      const auth = await createTestAuth(ctx, {
        disabledRoutes: ["sign-up" as "signUp"],
        log: (entry) => log.push(entry),
      });
      const response = await auth.handler(new Request("http://localhost/auth/session"));
      expect(response.status).toBe(500);
      expect(log).toMatchObject([{ event: "http.failed", error: { code: "configuration_invalid" } }]);
    });
  });

  it("names its tables for foreign keys of the application's own", async () => {
    const auth = await createTestAuth(ctx);
    expect(auth.database.table("users")).toBe(ctx.table("users"));
  });

  it("guards the application's own forms like its own routes", async () => {
    const auth = await createTestAuth(ctx, { baseUrl: "https://app.example.com" });
    const check = (headers: Record<string, string>): unknown => {
      try {
        auth.requireAllowedOrigin(new Headers(headers));
        return "allowed";
      } catch (error) {
        return isAuthError(error, "origin_refused") ? "refused" : error;
      }
    };
    expect(check({ origin: "https://app.example.com" })).toBe("allowed");
    expect(check({ origin: "https://evil.example.com" })).toBe("refused");
    expect(check({ "sec-fetch-site": "cross-site" })).toBe("refused");
    expect(check({ cookie: "__Host-wispy-session=x" })).toBe("refused");
  });
});
