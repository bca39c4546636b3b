import { expect, it } from "vitest";
import { createTestAuth, newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { allAtOnce, errorCode } from "./support/error-code.ts";

forEachDatabase("clean-up", (ctx) => {
  const day = 86_400;
  const nothing = { sessions: 0, devices: 0, attempts: 0, events: 0, complete: true, modules: {} };

  it("removes what has expired and nothing else, however many clean at once", async () => {
    const clock = createTestClock();
    const auth = await createTestAuth(ctx, { clock });
    const [old, recent] = [newCredentials(), newCredentials()];
    const early = await auth.signUp(old);
    await errorCode(auth.signIn({ ...newCredentials() }));
    await errorCode(auth.signIn({ email: old.email, password: "not this one" }));
    expect(await auth.cleanUp()).toEqual(nothing);

    clock.advance(30 * day - 1);
    const late = await auth.signUp(recent);
    expect(await auth.cleanUp()).toEqual({ ...nothing, attempts: 1 });
    clock.advance(1);
    const results = await allAtOnce(4, () => auth.cleanUp());
    expect(results.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(1);
    expect(await auth.getSession(late.token)).not.toBeNull();

    clock.advance(401 * day - 2);
    expect(await auth.cleanUp()).toEqual({ ...nothing, sessions: 1, devices: 1 });
    // The attempts of an account stay: they are what the cap on consecutive failures counts.
    const attempts = await ctx.host.query(`select user_id from ${ctx.table("attempts")}`);
    expect(attempts.map((row) => row["user_id"])).toEqual([early.user.id]);
    expect(await auth.listEvents(early.user.id)).toHaveLength(2);

    // Longer ago than time is counted.
    expect((await auth.cleanUp({ eventRetentionSeconds: 100 * 366 * day })).events).toBe(0);
    const kept = await auth.cleanUp({ eventRetentionSeconds: 402 * day });
    expect(kept.events).toBe(3);
    expect(await auth.listEvents(early.user.id)).toEqual([]);
    expect(await auth.listEvents(late.user.id)).toHaveLength(1);
    expect(await errorCode(auth.cleanUp({ eventRetentionSeconds: -1 }))).toBe("invalid_input");
  });
});
