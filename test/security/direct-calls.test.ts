import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { accountKey } from "../../src/core/lockout/attempt-key.ts";
import { countingHasher } from "../suite/core/support/counting-hasher.ts";
import { errorCode, tally } from "../suite/core/support/error-code.ts";
import { createTestAuth, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createHttpClient } from "../support/http-client.ts";
import { createTestClock } from "../support/test-clock.ts";

forEachDatabase("RL-08: calls of the library and requests", (ctx) => {
  const clock = createTestClock();

  const setUp = async () => {
    const hasher = countingHasher();
    const auth = await createTestAuth(ctx, { clock, password: { hasher } });
    const credentials = newCredentials();
    const { user, token } = await auth.signUp(credentials);
    const { email } = credentials;
    const wrong = () => ({ email, password: `wrong ${randomUUID()}` });
    const doors: Readonly<Record<string, () => Promise<unknown>>> = {
      library: () => errorCode(auth.signIn(wrong())),
      http: async () => (await createHttpClient(auth).post("/sign-in", wrong())).body?.["code"],
    };
    return { auth, hasher, doors, user, token, ...credentials };
  };

  const failuresOf = async (key: string): Promise<number> => {
    const text = `select failures from ${ctx.table("attempts")} where key = $1`;
    return Number((await ctx.host.query(text, [key]))[0]?.["failures"] ?? 0);
  };

  it.each(["library", "http"])("meet the same limit on wrong passwords (%s)", async (door) => {
    const { hasher, doors, email } = await setUp();
    for (let i = 0; i < 12; i += 1) expect(await doors[door]!()).toBe("invalid_credentials");
    expect(hasher.verified()).toBe(5);
    expect(await failuresOf(accountKey({ canonical: email }))).toBe(5);
  });

  it("share it: what one spends the other lacks, also for a right password", async () => {
    const { auth, hasher, doors, email, password } = await setUp();
    const order = ["library", "http", "http", "library", "http", "library", "http"];
    for (const door of order) await doors[door]!();
    expect(hasher.verified()).toBe(5);
    expect(await errorCode(auth.signIn({ email, password }))).toBe("invalid_credentials");
    expect((await createHttpClient(auth).post("/sign-in", { email, password })).status).toBe(401);
    clock.advance(60);
    expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
  });

  it("share it when they come at once", async () => {
    const { hasher, doors } = await setUp();
    const codes = await Promise.all(
      Array.from({ length: 40 }, (_, i) => doors[i % 2 === 0 ? "library" : "http"]!()),
    );
    expect(tally(codes as string[])).toEqual({ invalid_credentials: 40 });
    expect(hasher.verified()).toBe(5);
  });

  it("share the limit on confirming a password too", async () => {
    const { auth, hasher, token, password } = await setUp();
    const change = { currentPassword: "not this one", newPassword: "another horse entirely" };
    const headers = { authorization: `Bearer ${token}`, origin: "" };
    const codes: unknown[] = [];
    for (let i = 0; i < 4; i += 1) {
      codes.push(await errorCode(auth.changePassword({ token, ...change })));
      codes.push((await createHttpClient(auth).post("/password/change", change, headers)).body?.["code"]);
    }
    expect(codes.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => "invalid_credentials"));
    expect(codes.slice(5)).toEqual(Array.from({ length: 3 }, () => "too_many_requests"));
    expect(hasher.verified()).toBe(5);
    expect(await errorCode(auth.deleteUser({ token, password }))).toBe("too_many_requests");
  });
});
