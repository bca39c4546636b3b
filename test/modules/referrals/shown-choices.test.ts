import { beforeAll, expect, it } from "vitest";
import { newCredentials, testBaseUrl } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";

forEachDatabase("what pages show of referrals", (ctx) => {
  let auth: ReferralAuth;
  beforeAll(async () => {
    const attribution = { windowSeconds: 3600 };
    auth = await createReferralAuth(ctx, { attribution, programs: { default: {}, other: {} } });
  });

  /** The context of a request that brings back the cookie of a followed link. */
  async function follow(code: string) {
    const cookie = (await auth.referrals.attributionCookie(code))?.split(";")[0] ?? "";
    return { cookie, ...auth.readRequest(new Headers({ cookie })) };
  }

  it("is the code of a followed link, as long as a sign-up would redeem it", async () => {
    const { id: userId } = await auth.users.create({ email: newCredentials().email });
    const { code } = await auth.referrals.createCode({ userId });
    const { cookie, context } = await follow(code);
    expect(auth.referrals.followedCode(context)).toBe(code);
    expect((await auth.signUp(newCredentials(), context)).referrals).toMatchObject({ redeemed: true });
    const forged = auth.readRequest(new Headers({ cookie: `${cookie}x` })).context;
    expect(auth.referrals.followedCode(forged)).toBeNull();
    expect(auth.referrals.followedCode({})).toBeNull();
    auth.clock.advance(3601);
    expect(auth.referrals.followedCode(context)).toBeNull();
    expect((await auth.signUp(newCredentials(), context)).referrals).toBeNull();
  });

  it("is what the user chose for the leaderboard of each program", async () => {
    const { id: userId } = await auth.users.create({ email: newCredentials().email });
    const none = { displayName: null, listed: false };
    expect(await auth.referrals.getProfile(userId)).toEqual(none);
    await auth.referrals.setProfile(userId, { displayName: " Ann ", listed: true });
    expect(await auth.referrals.getProfile(userId)).toEqual({ displayName: "Ann", listed: true });
    expect(await auth.referrals.getProfile(userId, { program: "other" })).toEqual(none);
    expect(await errorCode(auth.referrals.getProfile(userId, { program: "none" }))).toBe("invalid_input");
    expect(await errorCode(auth.referrals.getProfile("nobody"))).toBe("invalid_input");
  });

  it("is over HTTP the signed-in user's own profile", async () => {
    const { user, token } = await auth.signUp(newCredentials());
    await auth.referrals.setProfile(user.id, { displayName: "Bob", listed: true });
    const get = (headers: Record<string, string>, query = "") =>
      auth.handler(new Request(`${testBaseUrl}/auth/referrals/profile${query}`, { headers }));
    const own = { authorization: `Bearer ${token}` };
    expect(await (await get(own)).json()).toEqual({ displayName: "Bob", listed: true });
    expect(await (await get(own, "?program=other")).json()).toEqual({ displayName: null, listed: false });
    expect((await get(own, "?program=none")).status).toBe(400);
    expect((await get({})).status).toBe(401);
  });
});
