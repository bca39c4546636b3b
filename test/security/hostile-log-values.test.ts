import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { toLogLine } from "../../src/log-line.ts";
import type { LogEntry } from "../../src/log.ts";
import { fuzzRuns } from "../crypto/fuzz-runs.ts";
import { errorCode } from "../suite/core/support/error-code.ts";
import { createTestAuth, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createHttpClient } from "../support/http-client.ts";

const forged = '\n{"source":"wispy-auth","event":"forged"}\r\n';
/** Texts that end lines, colour terminals, turn writing around, are huge, or are no text at all. */
const hostileTexts = [
  forged,
  "\r",
  "\u2028\u2029\u0085\u000b\u000c",
  "\u001b[2J\u001b]0;title\u0007",
  "\u009b31m",
  "\u202egnol\u2066",
  "\ufeff\u0000\u007f",
  "\ud800 \udc00",
  '","event":"forged","x":"',
  "%s %d %o ${x} {{x}}",
  "é".repeat(100_000),
];

function expectOneLine(line: string): Record<string, unknown> {
  expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]/u);
  expect(line.isWellFormed()).toBe(true);
  expect(line.length).toBeLessThan(100_000);
  const parsed = JSON.parse(line) as Record<string, unknown>;
  expect(parsed["source"]).toBe("wispy-auth");
  return parsed;
}

const asEntry = (cause: unknown): LogEntry => ({ event: "session_refresh_failed", cause });

describe("AU-05: a log entry is one line of JSON", () => {
  it.each(hostileTexts)("with a message, a code and a field of %j", (text) => {
    const inner = Object.assign(new Error(text), {
      code: text,
      [text]: text,
      values: [text, { [text]: text }],
    });
    const error = new AuthError("database_error", { message: text, cause: inner });
    expect(expectOneLine(toLogLine({ event: "http.failed", route: text, error } as LogEntry))["event"]).toBe(
      "http.failed",
    );
    expect(expectOneLine(toLogLine(asEntry(text)))["event"]).toBe("session_refresh_failed");
  });

  it("for any value that is thrown", () => {
    const thrown = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withNullPrototype: true }),
      fc.string({ unit: "binary", maxLength: 300 }),
    );
    const property = fc.property(thrown, fc.string({ unit: "binary" }), (value, message) => {
      expectOneLine(toLogLine(asEntry(value)));
      expectOneLine(toLogLine(asEntry(Object.assign(new Error(message, { cause: value }), { value }))));
    });
    fc.assert(property, fuzzRuns(5_000, 100_000));
  });

  it("with the codes, stacks and causes that an operator needs", () => {
    const cause = Object.assign(new Error("relation does not exist"), { code: "42P01" });
    const error = new AuthError("database_error", { message: "The database refused a statement", cause });
    const entry: LogEntry = { event: "http.failed", route: "sign_in", error };
    expect(expectOneLine(toLogLine(entry))).toMatchObject({
      route: "sign_in",
      error: {
        name: "AuthError",
        code: "database_error",
        stack: expect.stringContaining("hostile-log-values") as string,
        cause: { message: "relation does not exist", code: "42P01" },
      },
    });
  });

  it("whatever hangs on an error: circles, thousands of fields, values that throw when read", () => {
    const circle: Record<string, unknown> = { name: "socket" };
    circle["self"] = circle;
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`field${String(i)}`, circle]));
    const deep: Record<string, unknown> = {};
    for (let i = 0, at = deep; i < 5_000; i += 1) at = at["in"] = {} as Record<string, unknown>;
    const failing = { get trap() { throw new Error("not to be read"); } }; // prettier-ignore
    const values = [
      circle,
      wide,
      deep,
      failing,
      Array(100_000).fill("x".repeat(100)),
      Symbol("x"),
      1n,
      () => 1,
    ];
    for (const value of values) {
      expectOneLine(toLogLine(asEntry(value)));
      expectOneLine(toLogLine(asEntry(Object.assign(new Error("x"), { client: value }))));
    }
  });
});

forEachDatabase("AU-05: an event", (ctx) => {
  it("holds hostile text of clients and applications in bounds, on one line", async () => {
    const auth = await createTestAuth(ctx, { lockout: { maxFailures: 100 } });
    const credentials = newCredentials();
    const { user, session } = await auth.signUp(credentials);
    for (const text of hostileTexts) {
      const context = { ipAddress: text, userAgent: text, deviceToken: text };
      await errorCode(auth.signIn({ email: credentials.email, password: "not this one" }, context));
      await errorCode(auth.signIn(newCredentials(), context));
      await auth.revokeSession({ userId: user.id, sessionId: session.id }, context);
      await errorCode(auth.users.disable(user.id, { reason: text }));
      await auth.users.enable(user.id);
      const agent = text.replaceAll(/[^\x20-\xff]/g, "?");
      await createHttpClient(auth).post("/sign-in", newCredentials(), { "user-agent": `a${agent}` });
    }
    const rows = await ctx.host.query(`select ip_address, user_agent, data from ${ctx.table("events")}`);
    expect(rows.length).toBeGreaterThan(4 * hostileTexts.length);
    for (const row of rows) {
      const [address, agent] = [row["ip_address"], row["user_agent"]] as (string | null)[];
      for (const text of [address ?? "", agent ?? ""]) expect(text).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      expect((address ?? "").length).toBeLessThanOrEqual(64);
      expect((agent ?? "").length).toBeLessThanOrEqual(512);
      const data = typeof row["data"] === "string" ? row["data"] : JSON.stringify(row["data"]);
      expect(data.length).toBeLessThan(1_200);
      expect(data).not.toMatch(/\p{Cc}/u);
    }
  });
});
