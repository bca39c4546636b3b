import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { rateLimits, type RateLimitOptions } from "wispy-auth/rate-limits";
import { newCredentials, optionsOf, testBaseUrl } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { allAtOnce, errorCode, tally } from "../../suite/core/support/error-code.ts";

type Limited = Auth<unknown, readonly [ReturnType<typeof rateLimits>]>;

forEachDatabase("rate limits", (ctx) => {
  const clock = createTestClock();
  const opened: Limited[] = [];
  const open = async (limits: RateLimitOptions = {}): Promise<Limited> => {
    const auth = await createAuth({
      ...optionsOf(ctx, { clock }),
      modules: [rateLimits(limits)],
    });
    opened.push(auth);
    return auth;
  };
  let auth: Limited;
  beforeAll(async () => {
    auth = await open({ limits: { signIn: { address: { turns: 6, seconds: 60 } } } });
  });
  afterAll(async () => {
    for (const one of opened) await one.close();
  });

  let addresses = 0;
  const newAddress = (): string => `203.0.113.${String((addresses += 1))}`;
  const tryFrom = (ipAddress: string | null, target: Limited = auth): Promise<string> =>
    errorCode(target.signIn(newCredentials(), { ipAddress }));

  it("RL-11: are exact for 200 at once, in three instances", async () => {
    const instances = [auth, await open(limitsOfSix), await open(limitsOfSix)];
    const ipAddress = newAddress();
    let turn = 0;
    const codes = await allAtOnce(200, () => tryFrom(ipAddress, instances[(turn += 1) % 3]));
    expect(tally(codes)).toEqual({ invalid_credentials: 6, too_many_requests: 194 });
  });

  it("grow back evenly, and tell when", async () => {
    const ipAddress = newAddress();
    for (let turn = 0; turn < 6; turn += 1) await tryFrom(ipAddress);
    await expect(auth.signIn(newCredentials(), { ipAddress })).rejects.toMatchObject({
      code: "too_many_requests",
      data: { retryAfterSeconds: 10, policy: { name: "signIn", turns: 6, seconds: 60 } },
    });
    clock.advance(10);
    expect([await tryFrom(ipAddress), await tryFrom(ipAddress)]).toEqual([
      "invalid_credentials",
      "too_many_requests",
    ]);
    clock.advance(600);
    const codes = [];
    for (let turn = 0; turn < 7; turn += 1) codes.push(await tryFrom(ipAddress));
    expect(tally(codes)).toEqual({ invalid_credentials: 6, too_many_requests: 1 });
  });

  it("RL-08: count requests and calls of the library alike, and refuse with the standard headers", async () => {
    const clientAddress = newAddress();
    for (let turn = 0; turn < 3; turn += 1) await tryFrom(clientAddress);
    const send = (forwarded: string): Promise<Response> =>
      auth.handler(
        new Request(`${testBaseUrl}/auth/sign-in`, {
          method: "POST",
          headers: {
            origin: testBaseUrl,
            "content-type": "application/json",
            "x-forwarded-for": forwarded,
          },
          body: JSON.stringify(newCredentials()),
        }),
        { clientAddress },
      );
    // RL-05: what anybody can write in a header makes no new caller.
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await send(newAddress())).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    const refused = await send(newAddress());
    expect(refused.headers.get("retry-after")).toBe("10");
    expect(refused.headers.get("ratelimit-policy")).toBe('"signIn";q=6;w=60');
    expect(refused.headers.get("ratelimit")).toBe('"signIn";r=0;t=10');
    expect(await refused.json()).toMatchObject({ code: "too_many_requests", retryAfterSeconds: 10 });
  });

  it("RL-06: hold where no address is known", async () => {
    const strict = await open({ ...limitsOfSix, callersWithoutAddress: 1 });
    const codes = [];
    for (let turn = 0; turn < 7; turn += 1) codes.push(await tryFrom(null, strict));
    expect(codes.at(-1)).toBe("too_many_requests");
    const free = await open({ ...limitsOfSix, callersWithoutAddress: null });
    expect(await tryFrom(null, free)).toBe("invalid_credentials");
  });

  it("EN-06: fill and answer alike for accounts that exist and that do not", async () => {
    const limited = await open({ limits: { signIn: { account: { turns: 3, seconds: 60 } } } });
    const known = newCredentials();
    await limited.users.create(known);
    const statusesOf = async (email: string): Promise<string[]> => {
      const codes = [];
      for (let turn = 0; turn < 6; turn += 1) {
        const input = { email, password: "wrong horse" };
        codes.push(await errorCode(limited.signIn(input, { ipAddress: newAddress() })));
      }
      return codes;
    };
    const [first, second] = [await statusesOf(known.email), await statusesOf(newCredentials().email)];
    expect(first).toEqual(second);
    expect(tally(first)).toEqual({ invalid_credentials: 3, too_many_requests: 3 });
  });

  it("RL-11: keep no row longer than it is of use, and no address", async () => {
    const ipAddress = "198.51.100.77";
    await tryFrom(ipAddress);
    const rows = await ctx.host.query(`select * from ${ctx.table("rate_limits")}`);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain("198.51.100");
    clock.advance(3601);
    const { modules } = await auth.cleanUp();
    expect(modules["rateLimits"]!["turns"]).toBeGreaterThanOrEqual(rows.length);
    for (let turn = 0; turn < 250; turn += 1) {
      await tryFrom(`198.51.100.${String(turn)}`);
      clock.advance(61);
    }
    const left = await ctx.host.query(`select count(*) as n from ${ctx.table("rate_limits")}`);
    expect(Number(Object.values(left[0]!)[0])).toBeLessThan(200);
  });

  it("refuse limits that are none", () => {
    for (const limits of [
      { signIn: { address: { turns: 0, seconds: 60 } } },
      { signIn: { address: { turns: 1.5, seconds: 60 } } },
      { signIn: { address: { turns: 1, seconds: Number.NaN } } },
      { signIn: { browser: { turns: 1, seconds: 60 } } },
    ]) {
      expect(() => rateLimits({ limits } as RateLimitOptions)).toThrow(/rateLimits/);
    }
    expect(() => rateLimits({ callersWithoutAddress: 0 })).toThrow(/callersWithoutAddress/);
  });
});

const limitsOfSix: RateLimitOptions = { limits: { signIn: { address: { turns: 6, seconds: 60 } } } };
