import { beforeAll, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce } from "../../suite/core/support/error-code.ts";
import { newOwner, prepareSignUps } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";
import { brokenRules } from "./support/referral-books.ts";

const day = 86_400;

forEachDatabase("days that are over", (ctx) => {
  let auth: ReferralAuth;
  let userId: string;
  let code: string;
  beforeAll(async () => {
    auth = await createReferralAuth(ctx, { programs: { later: { qualification: "manual" }, other: {} } });
    userId = await newOwner(auth);
    code = (await auth.referrals.createCode({ userId })).code;
  });

  const bringIn = async (by = code): Promise<string> =>
    (await auth.signUp({ ...newCredentials(), referralCode: by })).user.id;
  const fold = async (): Promise<number> => (await auth.cleanUp()).modules["referrals"]!["foldedDays"]!;
  /** How many rows of everybody's counters there are, by owner. */
  const rows = async (): Promise<Readonly<Record<string, number>>> => {
    const found = await ctx.host.query(
      `select owner, count(*) as n from ${ctx.table("referral_days")} where owner in ('program', 'program-open') group by owner`,
    );
    return Object.fromEntries(found.map(({ owner, n }) => [owner, Number(n)]));
  };
  const numbers = async () => {
    const { referrals, qualified, daily } = await auth.referrals.programStats({ days: 4 });
    return { all: [referrals, qualified], days: daily.map((one) => [one.referrals, one.qualified]) };
  };
  const expectOrder = async (): Promise<void> =>
    expect(await brokenRules(ctx, { capped: "none", cap: 0, maxCodesPerUser: 5 })).toEqual({});

  it("are a row each and one in all after clean-up, and say the same as before", async () => {
    const referees: string[] = [];
    for (let i = 0; i < 6; i += 1) referees.push(await bringIn());
    const other = await auth.referrals.createCode({ userId, program: "other" });
    await bringIn(other.code);
    auth.clock.advance(day);
    for (const referee of referees.slice(0, 3)) await auth.referrals.qualify(referee);
    await bringIn();
    auth.clock.advance(day);
    await bringIn();
    const before = await numbers();
    expect(before).toEqual({
      all: [8, 3],
      days: [
        [0, 0],
        [6, 0],
        [1, 3],
        [1, 0],
      ],
    });
    const open = (await rows())["program-open"]!;
    expect(await fold()).toBe(open - 1);
    // Two days of one program and one of the other, and what each has in all; today stays open.
    expect(await rows()).toEqual({ program: 5, "program-open": 1 });
    expect(await numbers()).toEqual(before);
    expect(await auth.referrals.programStats({ program: "other" })).toMatchObject({ referrals: 1 });
    expect(await fold()).toBe(0);
    await expectOrder();
  });

  it("count what happens to their referrals later, before and after it is folded as well", async () => {
    const [made] = await ctx.host.query(
      `select id from ${ctx.table("referrals")} where state = 'qualified' and program = 'later' limit 1`,
    );
    expect(await auth.referrals.rejectReferral(String(made!["id"]), { reason: "made up" })).toBe(true);
    const after = {
      all: [8, 2],
      days: [
        [0, 0],
        [6, 0],
        [1, 2],
        [1, 0],
      ],
    };
    expect(await numbers()).toEqual(after);
    expect(await rows()).toEqual({ program: 5, "program-open": 2 });
    expect(await fold()).toBe(1);
    expect(await numbers()).toEqual(after);
    expect(await rows()).toEqual({ program: 5, "program-open": 1 });
    await expectOrder();
  });

  it("lose nothing when many fold them while referrals of the same days are made and qualify", async () => {
    const { referrals: before } = await auth.referrals.programStats();
    const late = await createReferralAuth(ctx, { programs: { later: { qualification: "manual" } } });
    const referees: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const prepared = await prepareSignUps(auth, { code, count: 30 });
      // Of two processes at midnight one is a day ahead, and takes for over what the other still counts.
      late.clock.advance(3 * day + round);
      await allAtOnce(60, async (i) => {
        if (i % 4 === 3) return late.cleanUp();
        if (i % 4 === 1) return referees.length > 0 && auth.referrals.qualify(referees[i % referees.length]!);
        return referees.push((await auth.signUp(prepared[i / 2]!)).user.id);
      });
    }
    expect((await auth.referrals.programStats()).referrals).toBe(before + 4 * 30);
    await late.cleanUp();
    expect(Object.keys(await rows())).toEqual(["program"]);
    expect((await auth.referrals.programStats()).referrals).toBe(before + 4 * 30);
    await expectOrder();
  });
});
