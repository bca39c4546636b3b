import { beforeAll, describe, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";
import { everyRow } from "./support/every-row.ts";
import { newOwner } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";

interface Known {
  readonly userId: string;
  readonly codeId: string;
  readonly rewardId: string;
}

/** What no type lets through, and JavaScript does. */
type Loose = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;
type BadCall = (referrals: Loose, known: Known) => Promise<unknown>;

const invalid: Readonly<Record<string, BadCall>> = {
  "a code that is a number": (it, { userId }) => it["createCode"]!({ userId, code: 4711 }),
  "a code that is null": (it, { userId }) => it["createCode"]!({ userId, code: null }),
  "a code with half a character": (it, { userId }) => it["createCode"]!({ userId, code: "abcd\ud800" }),
  "a program that is none": (it, { userId }) => it["createCode"]!({ userId, program: "__proto__" }),
  "no use at all": (it, { userId }) => it["createCode"]!({ userId, maxUses: 0 }),
  "uses that are no number": (it, known) => it["updateCode"]!({ ...known, maxUses: Number.NaN }),
  "uses as text": (it, known) => it["updateCode"]!({ ...known, maxUses: "5" }),
  "more uses than a column holds": (it, known) => it["updateCode"]!({ ...known, maxUses: 2 ** 31 }),
  "fewer uses than there were": (it, known) => it["updateCode"]!({ ...known, maxUses: 1 }),
  "a moment as text": (it, known) => it["updateCode"]!({ ...known, expiresAt: "2100-01-01T00:00:00Z" }),
  "a moment that is none": (it, known) => it["updateCode"]!({ ...known, expiresAt: new Date("soon") }),
  "a moment that is over": (it, { userId }) => it["createCode"]!({ userId, expiresAt: new Date(0) }),
  "the last moment of all": (it, { userId }) => it["createCode"]!({ userId, expiresAt: new Date(8.64e15) }),
  "the year 10000": (it, known) => it["updateCode"]!({ ...known, expiresAt: new Date(Date.UTC(10_000, 0)) }),
  "a pause as text": (it, known) => it["updateCode"]!({ ...known, paused: "false" }),
  "a pause that is null": (it, known) => it["updateCode"]!({ ...known, paused: null }),
  "a code's id that is none": (it, { userId }) => it["updateCode"]!({ userId, codeId: "1", paused: true }),
  "a user's id that is none": (it) => it["listCodes"]!("' or 1=1 --"),
  "a user's id in capitals": (it, { userId }) => it["listReferrals"]!(userId.toUpperCase()),
  "a page of nothing": (it, { userId }) => it["listRewards"]!(userId, { limit: 0 }),
  "a page of everything": (it, { userId }) => it["listRewards"]!(userId, { limit: Infinity }),
  "a page after no id": (it) => it["listHeldRewards"]!({ after: "x" }),
  "half a day": (it, { userId }) => it["stats"]!(userId, { days: 0.5 }),
  "days as text": (it) => it["programStats"]!({ days: "5" }),
  "a leaderboard of a program that is none": (it) => it["leaderboard"]!({ program: {} }),
  "a name with NUL": (it, { userId }) => it["setProfile"]!(userId, { displayName: "a\0", listed: true }),
  "half a character": (it, { userId }) => it["setProfile"]!(userId, { displayName: "a\ud800", listed: true }),
  "no name to be listed by": (it, { userId }) =>
    it["setProfile"]!(userId, { displayName: null, listed: true }),
  "a list that may be": (it, { userId }) => it["setProfile"]!(userId, { displayName: "Ada", listed: "yes" }),
  "a reason that is a number": (it, { rewardId }) => it["holdReward"]!(rewardId, { reason: 5 }),
  "a reason of nothing": (it, { rewardId }) => it["rejectReward"]!(rewardId, { reason: " \0 " }),
  "a reason of a page": (it, { rewardId }) => it["reverseReward"]!(rewardId, { reason: "x".repeat(501) }),
  "a reward's id that is none": (it) => it["approveReward"]!(undefined),
  "a referral's id that is none": (it) => it["rejectReferral"]!(7, { reason: "odd" }),
};

const missing: Readonly<Record<string, BadCall>> = {
  "a code for nobody": (it) => it["createCode"]!({ userId: undefined }),
  "a code for no user": (it, { codeId }) => it["createCode"]!({ userId: codeId }),
  "a profile of no user": (it, { codeId }) => it["setProfile"]!(codeId, { displayName: "Ada", listed: true }),
  "a code of nobody's": (it, { userId, rewardId }) => it["updateCode"]!({ userId, codeId: rewardId }),
  "a reward that is a code": (it, { codeId }) => it["fulfilReward"]!(codeId),
};

const nothing = [undefined, null, 5, {}, ["a"], "", "a\0", "\ud800", "x".repeat(65), "-".repeat(1_000_000)];

forEachDatabase("a call of referrals with what no type lets through", (ctx) => {
  let auth: ReferralAuth;
  let referrals: Loose;
  let known: Known & { readonly code: string };
  beforeAll(async () => {
    const rewards = { referrer: { amount: 500, unit: "cent" } };
    auth = await createReferralAuth(ctx, {
      programs: { default: rewards },
      attribution: {},
      defaultMaxUses: 7,
    });
    referrals = auth.referrals as unknown as Loose;
    const userId = await newOwner(auth);
    const { id: codeId, code } = await auth.referrals.createCode({ userId });
    for (let i = 0; i < 2; i += 1) await auth.signUp({ ...newCredentials(), referralCode: code });
    known = { userId, codeId, code, rewardId: (await auth.referrals.listRewards(userId))[0]!.id };
  });

  describe.each([
    ["invalid_input", invalid],
    ["not_found", missing],
  ])("is %s and writes nothing", (code, calls) => {
    it.each(Object.entries(calls))("%s", async (_, call) => {
      const before = await everyRow(ctx);
      expect(await errorCode(call(referrals, known))).toBe(code);
      expect(await everyRow(ctx)).toEqual(before);
    });
  });

  it("finds no code in what is none, and remembers no link", async () => {
    const long = known.code + " ".repeat(65);
    for (const code of [...nothing, long]) {
      expect(await referrals["checkCode"]!(code)).toEqual({ redeemed: false, reason: "code_unknown" });
      expect(await referrals["attributionCookie"]!(code)).toBeNull();
    }
    expect(await referrals["checkCode"]!(known.code)).toMatchObject({ redeemed: true });
    expect(await referrals["attributionCookie"]!(known.code)).toContain("referrals=");
  });

  it("takes what is undefined for what is left out", async () => {
    const { userId } = known;
    const made = await referrals["createCode"]!({ userId, maxUses: undefined, expiresAt: undefined });
    expect(made).toMatchObject({ maxUses: 7, expiresAt: null });
    const { id: codeId } = made as { readonly id: string };
    const change = { paused: undefined, maxUses: null, expiresAt: undefined };
    expect(await referrals["updateCode"]!({ userId, codeId, ...change })).toMatchObject({
      status: "active",
      maxUses: null,
    });
  });
});
