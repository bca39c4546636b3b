import * as z from "zod/mini";
import { boundedText, strictInput } from "../../../contract/route-input.ts";

const timestamp = z.iso.datetime();

const whole = z.number("must be a whole number").check(z.int("must be a whole number"));
const moment = z.iso.datetime({ error: "must be a time in ISO 8601, in UTC" });
const flag = z.boolean("must be true or false");

export const createCodeInput = strictInput({
  program: z.optional(boundedText(40)),
  code: z.optional(boundedText(64)),
  maxUses: z.optional(z.nullable(whole)),
  expiresAt: z.optional(z.nullable(moment)),
});

export const updateCodeInput = strictInput({
  maxUses: z.optional(z.nullable(whole)),
  expiresAt: z.optional(z.nullable(moment)),
  paused: z.optional(flag),
});

export const codeInput = strictInput({ code: boundedText(64) });

export const profileInput = strictInput({
  displayName: z.nullable(boundedText(80)),
  listed: flag,
  program: z.optional(boundedText(40)),
});

/** Where a list goes on: behind the last id of the page before. */
export const pageQuery = z.strictObject({ limit: z.optional(z.number()), after: z.optional(z.uuid()) });
export const statsQuery = z.strictObject({ program: z.optional(z.string()), days: z.optional(z.number()) });
export const leaderboardQuery = z.strictObject({
  program: z.optional(z.string()),
  limit: z.optional(z.number()),
});
export const programQuery = z.strictObject({ program: z.optional(z.string()) });

export const codeShape = z.strictObject({
  id: z.uuid(),
  program: z.string(),
  code: z.string(),
  custom: z.boolean(),
  uses: z.number(),
  maxUses: z.nullable(z.number()),
  status: z.enum(["active", "paused", "deactivated", "expired", "used_up"]),
  expiresAt: z.nullable(timestamp),
  createdAt: timestamp,
  shareUrl: z.nullable(z.string()),
});

export const codesShape = z.strictObject({ codes: z.array(codeShape) });

/** Whether a sign-up with the code would be brought in by it now. */
export const checkShape = z.strictObject({
  redeemable: z.boolean(),
  reason: z.nullable(z.string()),
});

export const rememberedShape = z.strictObject({ remembered: z.boolean() });

export const referralsShape = z.strictObject({
  referrals: z.array(
    z.strictObject({
      id: z.uuid(),
      program: z.string(),
      code: z.string(),
      state: z.enum(["pending", "qualified", "rejected"]),
      createdAt: timestamp,
      qualifiedAt: z.nullable(timestamp),
    }),
  ),
});

const rewardState = z.enum(["pending", "held", "approved", "fulfilled", "reversed", "rejected"]);

export const rewardsShape = z.strictObject({
  rewards: z.array(
    z.strictObject({
      id: z.uuid(),
      program: z.string(),
      role: z.enum(["referrer", "referee"]),
      amount: z.number(),
      unit: z.string(),
      state: rewardState,
      availableAt: z.nullable(timestamp),
      createdAt: timestamp,
    }),
  ),
});

const counts = { referrals: z.number(), qualified: z.number() };

export const statsShape = z.strictObject({
  ...counts,
  balances: z.array(
    z.strictObject({
      unit: z.string(),
      pending: z.number(),
      held: z.number(),
      approved: z.number(),
      fulfilled: z.number(),
      reversed: z.number(),
      rejected: z.number(),
    }),
  ),
  daily: z.array(z.strictObject({ day: z.string(), ...counts })),
});

export const profileShape = z.strictObject({ displayName: z.nullable(z.string()), listed: z.boolean() });

export const leaderboardShape = z.strictObject({
  leaders: z.array(z.strictObject({ rank: z.number(), displayName: z.string(), qualified: z.number() })),
});
