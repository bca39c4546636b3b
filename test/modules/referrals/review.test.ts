import { beforeAll, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createHttpClient, type HttpAnswer, type HttpClient } from "../../support/http-client.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";
import { brokenRules } from "./support/referral-books.ts";

const programs = {
  default: { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } },
};
const withinSeconds = 3600;

function userIdOf(body: HttpAnswer["body"]): string {
  return (body as unknown as { readonly user: { readonly id: string } }).user.id;
}

forEachDatabase("a referral that looks odd", (ctx) => {
  let auth: ReferralAuth;
  beforeAll(async () => {
    const review = { sameAddressWithinSeconds: withinSeconds };
    auth = await createReferralAuth(ctx, { programs, review });
  });

  let addresses = 0;
  /** A browser at an address that no other has. */
  const newBrowser = (clientAddress = `2001:db8::${(addresses += 1).toString(16)}`): HttpClient =>
    createHttpClient(auth, { clientAddress });
  const account = newCredentials;

  /** Somebody with a code, signed in by a browser. */
  const newReferrer = async (browser: HttpClient, credentials = account()) => {
    const { status, body } = await browser.post("/sign-up", credentials);
    expect(status).toBe(201);
    const made = await browser.post("/referrals/codes", {});
    return {
      credentials,
      userId: userIdOf(body),
      code: String(made.body?.["code"]),
    };
  };
  /** The user who signed up by a code: the referral is made whatever it looks like. */
  const bringIn = async (browser: HttpClient, code: string): Promise<string> => {
    const { status, body } = await browser.post("/sign-up", { ...account(), referralCode: code });
    expect(status).toBe(201);
    expect(body?.["referrals"]).toEqual({ redeemed: true, program: "default" });
    expect((await browser.get("/session")).status).toBe(200);
    return userIdOf(body);
  };
  /** The same with what another browser has kept of its device, and without its session. */
  const bringInFrom = async (
    place: HttpClient,
    { browser, code }: { readonly browser: HttpClient; readonly code: string },
  ): Promise<string> => {
    const cookie = `__Host-wispy-device=${browser.cookies.get("__Host-wispy-device")!}`;
    const { status, body } = await place.post("/sign-up", { ...account(), referralCode: code }, { cookie });
    expect(status).toBe(201);
    return userIdOf(body);
  };
  /** What the rewards of a referral are held for, from the review queue and from the ledger. */
  const findReview = async (refereeId: string) => {
    const rewards = await ctx.host.query(
      `select w.id, w.role, w.state, e.reason from ${ctx.table("referral_rewards")} w
        join ${ctx.table("referrals")} r on r.id = w.referral_id
        join ${ctx.table("referral_entries")} e on e.reward_id = w.id and e.number = 1
        where r.referee_id = $1 order by w.role`,
      [refereeId],
    );
    const queue = (await auth.referrals.listHeldRewards({ limit: 100 })).filter(
      (reward) => reward.refereeId === refereeId,
    );
    return {
      states: rewards.map(({ state }) => state),
      reasons: rewards.map(({ reason }) => reason),
      signals: queue.map(({ signals }) => signals),
      ids: rewards.map(({ id }) => String(id)),
    };
  };
  const open = { states: ["approved", "approved"], reasons: [null, null], signals: [] };
  const held = (...kinds: readonly string[]) => ({
    states: ["held", "held"],
    reasons: [kinds.join(", "), kinds.join(", ")],
    signals: [kinds.map((kind) => ({ kind })), kinds.map((kind) => ({ kind }))],
  });

  it("rewards both sides at once when nothing does", async () => {
    const { code } = await newReferrer(newBrowser());
    expect(await findReview(await bringIn(newBrowser(), code))).toMatchObject(open);
  });

  it("because both are at one address has its rewards held, with the reason, and the account is made", async () => {
    const address = "192.0.2.7";
    const { code, userId } = await newReferrer(newBrowser(address));
    const refereeId = await bringIn(newBrowser(address), code);
    expect(await findReview(refereeId)).toMatchObject(held("same_address"));
    expect(await auth.referrals.balances(userId)).toMatchObject([{ held: 500, approved: 0 }]);
    const events = await auth.listEvents(refereeId);
    expect(events.find(({ type }) => type === "referrals.redeemed")?.data).toMatchObject({
      signals: ["same_address"],
    });
    expect(await auth.referrals.stats(userId)).toMatchObject({ referrals: 1, qualified: 1 });
  });

  it("is none once the referrer's last visit from there is longer ago than the time that was set", async () => {
    const address = "192.0.2.8";
    const { code } = await newReferrer(newBrowser(address));
    auth.clock.advance(withinSeconds + 1);
    expect(await findReview(await bringIn(newBrowser(address), code))).toMatchObject(open);
  });

  it("because the browser was the referrer's has them held, whatever its address", async () => {
    const browser = newBrowser();
    const { code } = await newReferrer(browser);
    expect(await findReview(await bringInFrom(newBrowser(), { browser, code }))).toMatchObject(
      held("same_device"),
    );
  });

  it("for two reasons has both", async () => {
    const address = "192.0.2.9";
    const browser = newBrowser(address);
    const { code } = await newReferrer(browser);
    expect(await findReview(await bringInFrom(newBrowser(address), { browser, code }))).toMatchObject(
      held("same_address", "same_device"),
    );
  });

  it("is not taken for one by somebody else's browser or address", async () => {
    const [ann, bob] = [newBrowser("192.0.2.10"), newBrowser("192.0.2.11")];
    const { code } = await newReferrer(ann);
    await newReferrer(bob);
    await bob.post("/sign-out");
    expect(await findReview(await bringIn(bob, code))).toMatchObject(open);
  });

  it("is not looked for where the application does not want it", async () => {
    const review = { sameAddressWithinSeconds: 0, sameDevice: false };
    const careless = await createReferralAuth(ctx, { programs, review });
    const browser = createHttpClient(careless, { clientAddress: "192.0.2.12" });
    const { code } = await newReferrer(browser);
    await browser.post("/sign-out");
    expect(await findReview(await bringIn(browser, code))).toMatchObject(open);
  });

  it("waits for somebody to decide: approved, rejected, or the referral altogether", async () => {
    const address = "192.0.2.13";
    const { code, userId } = await newReferrer(newBrowser(address));
    const [good, bad] = [
      await bringIn(newBrowser(address), code),
      await bringIn(newBrowser(address), code),
    ] as const;
    auth.clock.advance(30 * 86_400);
    await auth.cleanUp();
    expect(await findReview(good)).toMatchObject(held("same_address"));
    for (const id of (await findReview(good)).ids) await auth.referrals.approveReward(id);
    const [first] = await auth.referrals.listReferrals(userId);
    expect(await auth.referrals.rejectReferral(first!.id, { reason: "one household" })).toBe(true);
    expect((await findReview(good)).states).toEqual(["approved", "approved"]);
    expect((await findReview(bad)).states).toEqual(["rejected", "rejected"]);
    expect(await auth.referrals.balances(userId)).toMatchObject([{ held: 0, approved: 500, rejected: 500 }]);
    expect(await auth.referrals.stats(userId)).toMatchObject({ referrals: 2, qualified: 1 });
    expect(await brokenRules(ctx, { capped: "none", cap: 0, maxCodesPerUser: 5 })).toEqual({});
  });
});
