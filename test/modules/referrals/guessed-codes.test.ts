import { beforeAll, expect, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { rateLimits } from "wispy-auth/rate-limits";
import { referrals } from "wispy-auth/referrals";
import { newCredentials, optionsOf } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createHttpClient } from "../../support/http-client.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { errorCode, tally } from "../../suite/core/support/error-code.ts";

forEachDatabase("referral codes that are guessed", (ctx) => {
  let auth: Auth<unknown, readonly [ReturnType<typeof rateLimits>, ReturnType<typeof referrals>]>;
  beforeAll(async () => {
    auth = await createAuth({
      ...optionsOf(ctx, { clock: createTestClock() }),
      modules: [rateLimits(), referrals({ attribution: { touch: "last", windowSeconds: 60 } })],
    });
    ctx.onSuiteEnd(() => auth.close());
  });

  const ask = async (path: string, code: string, clientAddress: string): Promise<number> =>
    (await createHttpClient(auth, { clientAddress }).post(`/referrals/${path}`, { code })).status;

  it("are asked about 120 times in five minutes from an address, by whichever route", async () => {
    const statuses = [];
    for (let turn = 0; turn < 124; turn += 1) {
      statuses.push(await ask(turn % 2 === 0 ? "check" : "follow", `guess${String(turn)}`, "203.0.113.1"));
    }
    expect(tally(statuses.slice(0, 120).map(String))).toEqual({ 200: 120 });
    expect(statuses.slice(120)).toEqual([429, 429, 429, 429]);
  });

  it("are asked about as often by a page that says who asks", async () => {
    const context = { ipAddress: "203.0.113.3" };
    for (let turn = 0; turn < 120; turn += 1) await auth.referrals.checkCode(`guess${String(turn)}`, context);
    expect(await errorCode(auth.referrals.checkCode("guess", context))).toBe("too_many_requests");
    expect(await ask("check", "guess", "203.0.113.3")).toBe(429);
  });

  it("are checked for everybody else meanwhile, and by the application as often as it likes", async () => {
    const { id: userId } = await auth.users.create(newCredentials());
    const { code } = await auth.referrals.createCode({ userId });
    expect(await ask("check", code, "203.0.113.2")).toBe(200);
    for (let turn = 0; turn < 130; turn += 1) {
      expect(await auth.referrals.checkCode(code)).toMatchObject({ redeemed: true });
    }
  });
});
