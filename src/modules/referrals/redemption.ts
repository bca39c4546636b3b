import {
  addSeconds,
  headValue,
  type Call,
  type Chain,
  type ClientDetails,
  type Given,
} from "../../module.ts";
import { addToDay, countForReferrer } from "./day-statements.ts";
import { addToMember } from "./member-statements.ts";
import { dayOf, openDay, openProgramOwner } from "./referral-day.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import type { ProgramSettings } from "./referral-settings.ts";
import { openReward, type NewReward } from "./reward-ledger.ts";
import { insertReferral } from "./reward-statements.ts";

/** A code whose use is taken, as it is known or as the statement that takes it returns it. */
export type TakenCode = Given<{
  readonly id: string;
  readonly ownerId: string;
  readonly owner: string;
  readonly sameAddress: boolean;
  readonly sameDevice: boolean;
}>;

/** A code that one user redeems at one moment. */
export interface Redemption {
  readonly code: TakenCode;
  readonly program: ProgramSettings;
  readonly client: ClientDetails;
  readonly referralId: string;
  readonly refereeId: string;
  readonly now: Date;
}

const decided = {
  codeId: headValue(countForReferrer, "codeId"),
  ownerId: headValue(countForReferrer, "ownerId"),
  signals: headValue(countForReferrer, "signals"),
  event: headValue(countForReferrer, "event"),
};

const begins = { state: headValue(countForReferrer, "state"), reason: headValue(countForReferrer, "reason") };

/**
 * What a redemption writes once the use of its code is taken: the referrer's day, which decides whether rewards are held,
 * and then the rest. Not the referrer's reward where rewards are capped: that one waits for the cap.
 *
 * PostgreSQL runs the rest from the last to the first, in the order that `countReferral` speaks of.
 */
export function redemptionChain(environment: ReferralEnvironment, redemption: Redemption): Chain {
  const { program, client, referralId, refereeId, now } = redemption;
  const qualified = program.qualification === "sign_up";
  const capped = capOf(program) !== null;
  const { ownerId } = decided;
  const counts = { program: program.name, referrals: 1, qualified: qualified ? 1 : 0 };
  const reward = { ...redemption, ...begins };
  return {
    head: countFor(environment, redemption),
    rest: [
      ...(capped ? [] : rewardFor(environment, { ...reward, role: "referrer", beneficiaryId: ownerId })),
      ...rewardFor(environment, { ...reward, role: "referee", beneficiaryId: refereeId }),
      insertReferral.with({
        id: referralId,
        program: program.name,
        codeId: decided.codeId,
        referrerId: ownerId,
        refereeId,
        state: qualified ? "qualified" : "pending",
        signals: decided.signals,
        createdAt: now,
        qualifiedAt: qualified ? now : null,
      }),
      addToMember.with({ ...counts, userId: ownerId, rewards: program.referrer !== null && !capped ? 1 : 0 }),
      addToDay.with({ ...counts, owner: openProgramOwner, day: openDay(dayOf(now), referralId) }),
      environment.recordEvent({
        type: "referrals.redeemed",
        userId: refereeId,
        occurredAt: now,
        client,
        data: decided.event,
      }),
    ],
  };
}

/** Counts the referral for its referrer, and decides what follows from the count. */
function countFor({ settings }: ReferralEnvironment, redemption: Redemption): Call<unknown> {
  const { code, program, referralId, now } = redemption;
  const { id: codeId, ownerId, owner, sameAddress, sameDevice } = code;
  const qualified = program.qualification === "sign_up";
  return countForReferrer.with({
    codeId,
    ownerId,
    owner,
    sameAddress,
    sameDevice,
    referralId,
    program: program.name,
    day: dayOf(now),
    qualified: qualified ? 1 : 0,
    limit: settings.review.maxReferralsPerDay,
    open: qualified && program.holdingPeriodSeconds === 0 ? "approved" : "pending",
  });
}

type Earning = Pick<Redemption, "program" | "referralId" | "now"> &
  Pick<NewReward, "role" | "beneficiaryId" | "state" | "reason">;

/** How many rewards a referrer may have at the most; `null` without a limit, or without a reward. */
export function capOf({ referrer, maxRewardsPerReferrer }: ProgramSettings): number | null {
  return referrer === null ? null : maxRewardsPerReferrer;
}

/** What one side earns, if the program gives it anything. */
export function rewardFor(
  { newId }: ReferralEnvironment,
  { program, referralId, now, role, beneficiaryId, state, reason }: Earning,
): readonly Call<unknown>[] {
  const rule = program[role];
  if (rule === null) return [];
  return openReward({
    ...rule,
    referralId,
    role,
    beneficiaryId,
    state,
    reason,
    now,
    id: newId(now),
    entryId: newId(now),
    program: program.name,
    availableAt:
      program.qualification === "sign_up" ? availableFrom(now, program.holdingPeriodSeconds) : null,
  });
}

/** The moment itself where nothing is to be waited for: then it is bound once for all that has it. */
function availableFrom(now: Date, holdingPeriodSeconds: number): Date {
  return holdingPeriodSeconds === 0 ? now : addSeconds(now, holdingPeriodSeconds);
}
