import { addSeconds, isUuid, type Call, type RowOf, type Script, type Transaction } from "../../module.ts";
import { countReferral } from "./count-referral.ts";
import { dayOf } from "./referral-day.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import { readReason, requireUuid } from "./referral-input.ts";
import {
  lockReferral,
  lockReferralOfReferee,
  qualifyReferral,
  rejectReferral as rejectReferralStatement,
} from "./referral-statements.ts";
import { isFinal, moveReward } from "./reward-ledger.ts";
import { holdRewardsOfReferral } from "./reward-statements.ts";

/** See `Referrals.qualify`. */
export async function qualify(environment: ReferralEnvironment, refereeId: string): Promise<boolean> {
  const { database, clock, settings } = environment;
  if (!isUuid(refereeId)) return false;
  const now = clock.now();
  return database.transaction(function* (tx) {
    const referral = yield* tx.maybeOne(lockReferralOfReferee, { refereeId });
    if (referral === null || referral.state !== "pending") return false;
    const { id, program, referrerId } = referral;
    const rewards = yield* tx.many(holdRewardsOfReferral, { referralId: id });
    const holdingPeriodSeconds = settings.programs.get(program)?.holdingPeriodSeconds ?? 0;
    const counts = { program, day: dayOf(now), referrals: 0, qualified: 1 };
    yield* tx.all([
      qualifyReferral.with({ id, qualifiedAt: now }),
      ...countReferral({ ...counts, id, referrerId }),
      environment.recordEvent({
        type: "referrals.qualified",
        userId: refereeId,
        occurredAt: now,
        data: { referralId: id, program },
      }),
    ]);
    for (const reward of rewards) {
      yield* startHoldingPeriod(environment, {
        rewardId: reward.id,
        availableAt: addSeconds(now, holdingPeriodSeconds),
      })(tx);
    }
    return true;
  });
}

/** A reward that is not under review waits out the period; without one it is approved at once. */
function startHoldingPeriod(
  environment: ReferralEnvironment,
  { rewardId, availableAt }: { readonly rewardId: string; readonly availableAt: Date },
): (tx: Transaction) => Script<unknown> {
  const isOver = availableAt <= environment.clock.now();
  return moveReward(environment, {
    rewardId,
    to: ({ state }) => (state === "pending" && isOver ? "approved" : state),
    reason: null,
    availableAt,
  });
}

/** Takes a referral out of the totals and of the day on which it qualified. */
function uncount({
  id,
  program,
  referrerId,
  qualifiedAt,
}: RowOf<typeof lockReferral>): readonly Call<unknown>[] {
  return countReferral({ id, program, referrerId, day: dayOf(qualifiedAt!), referrals: 0, qualified: -1 });
}

/** See `Referrals.rejectReferral`. */
export async function rejectReferral(
  environment: ReferralEnvironment,
  { referralId, reason }: { readonly referralId: string; readonly reason: string },
): Promise<boolean> {
  const id = requireUuid(referralId, "referralId");
  const because = readReason(reason);
  const now = environment.clock.now();
  return environment.database.transaction(function* (tx) {
    const referral = yield* tx.maybeOne(lockReferral, { id });
    if (referral === null || referral.state === "rejected") return false;
    const { program } = referral;
    const rewards = yield* tx.many(holdRewardsOfReferral, { referralId: id });
    yield* tx.all([
      rejectReferralStatement.with({ id }),
      ...(referral.state === "qualified" ? uncount(referral) : []),
      environment.recordEvent({
        type: "referrals.rejected",
        userId: referral.refereeId,
        occurredAt: now,
        data: { referralId: id, program, reason: because },
      }),
    ]);
    for (const reward of rewards) {
      yield* moveReward(environment, {
        rewardId: reward.id,
        to: ({ state }) => (isFinal(state) ? state : state === "approved" ? "reversed" : "rejected"),
        reason: because,
      })(tx);
    }
    return true;
  });
}
