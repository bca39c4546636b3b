import { addSeconds, headValue, type Call, type Chain, type ClientDetails } from "../../module.ts";
import { addToDay, countForReferrer } from "./day-statements.ts";
import type { Invitation } from "./find-invitation.ts";
import { addToMember } from "./member-statements.ts";
import { dayOf, openDay, openProgramOwner } from "./referral-day.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import { openReward, type NewReward } from "./reward-ledger.ts";
import { insertReferral } from "./reward-statements.ts";

/** A code that one user redeems at one moment. */
export interface Redemption {
  readonly invitation: Invitation;
  readonly client: ClientDetails;
  readonly referralId: string;
  readonly refereeId: string;
  readonly now: Date;
}

/**
 * What a redemption writes once the use of its code is taken: the referrer's day, which decides whether rewards are held,
 * and then the rest. Not the referrer's reward where rewards are capped: that one waits for the cap.
 *
 * PostgreSQL runs the rest from the last to the first, in the order that `countReferral` speaks of.
 */
export function redemptionChain(environment: ReferralEnvironment, redemption: Redemption): Chain {
  const { invitation, client, referralId, refereeId, now } = redemption;
  const { codeId, ownerId, program } = invitation;
  const qualified = program.qualification === "sign_up";
  const capped = program.maxRewardsPerReferrer !== null;
  const begins = {
    state: headValue(countForReferrer, "state"),
    reason: headValue(countForReferrer, "reason"),
  };
  const counts = { program: program.name, referrals: 1, qualified: qualified ? 1 : 0 };
  return {
    head: countFor(environment, redemption),
    rest: [
      ...(capped ? [] : rewardFor(environment, { ...redemption, role: "referrer", begins })),
      ...rewardFor(environment, { ...redemption, role: "referee", begins }),
      insertReferral.with({
        id: referralId,
        program: program.name,
        codeId,
        referrerId: ownerId,
        refereeId,
        state: qualified ? "qualified" : "pending",
        signals: headValue(countForReferrer, "signals"),
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
        data: headValue(countForReferrer, "event"),
      }),
    ],
  };
}

/** Counts the referral for its referrer, and decides what follows from the count. */
function countFor({ settings }: ReferralEnvironment, redemption: Redemption): Call<unknown> {
  const { invitation, referralId, now } = redemption;
  const { ownerId, program, signals } = invitation;
  const qualified = program.qualification === "sign_up";
  const kinds = signals.map(({ kind }) => kind);
  const beyond = [...kinds, "velocity"];
  const open = qualified && program.holdingPeriodSeconds === 0 ? "approved" : "pending";
  const event = { referralId, program: program.name };
  return countForReferrer.with({
    program: program.name,
    owner: ownerId,
    day: dayOf(now),
    qualified: qualified ? 1 : 0,
    limit: settings.review.maxReferralsPerDay,
    state: kinds.length > 0 ? "held" : open,
    reason: kinds.length > 0 ? kinds.join(", ") : null,
    reasonBeyond: beyond.join(", "),
    signals: signals as never,
    event: { ...event, signals: kinds },
    eventBeyond: { ...event, signals: beyond },
  });
}

/** What one side earns, if the program gives it anything. */
export function rewardFor(
  { newId }: ReferralEnvironment,
  {
    invitation: { ownerId, program },
    referralId,
    refereeId,
    now,
    role,
    begins,
  }: Redemption & Pick<NewReward, "role"> & { readonly begins: Pick<NewReward, "state" | "reason"> },
): readonly Call<unknown>[] {
  const rule = program[role];
  if (rule === null) return [];
  return openReward({
    ...rule,
    id: newId(now),
    entryId: newId(now),
    referralId,
    program: program.name,
    role,
    beneficiaryId: role === "referrer" ? ownerId : refereeId,
    state: begins.state,
    reason: begins.reason,
    availableAt:
      program.qualification === "sign_up" ? availableFrom(now, program.holdingPeriodSeconds) : null,
    now,
  });
}

/** The moment itself where nothing is to be waited for: then it is bound once for all that has it. */
function availableFrom(now: Date, holdingPeriodSeconds: number): Date {
  return holdingPeriodSeconds === 0 ? now : addSeconds(now, holdingPeriodSeconds);
}
