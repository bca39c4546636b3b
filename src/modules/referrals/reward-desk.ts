import type { ReferralEnvironment } from "./referral-environment.ts";
import { readPage, readReason, requireUuid } from "./referral-input.ts";
import type {
  Balance,
  PageOptions,
  ReferralSignal,
  Reward,
  RewardState,
  RewardUnderReview,
} from "./referrals-api.ts";
import { moveReward, type LockedReward } from "./reward-ledger.ts";
import { listBalances, listDueRewards, listHeldRewards, listRewardsOfUser } from "./reward-statements.ts";

type Target = RewardState | ((reward: LockedReward) => RewardState);

/** Moves a reward in a transaction of its own. The reason stands in the ledger. */
export async function settleReward(
  environment: ReferralEnvironment,
  { rewardId, to, reason }: { readonly rewardId: string; readonly to: Target; readonly reason?: string },
): Promise<Reward> {
  const id = requireUuid(rewardId, "rewardId");
  const move = moveReward(environment, { rewardId: id, to, reason: readReason(reason) });
  const event = (reward: LockedReward) =>
    environment.recordEvent({
      type: `referrals.reward_${reward.state}`,
      userId: reward.beneficiaryId,
      occurredAt: environment.clock.now(),
      data: { rewardId: id, amount: reward.amount, unit: reward.unit },
    });
  const moved = await environment.database.transaction(function* (tx) {
    const { before, after } = yield* move(tx);
    if (before !== after.state) yield* tx.all([event(after)]);
    return after;
  });
  return toReward(moved);
}

/** A reward whose referral does not count yet goes back to waiting for that; any other is approved. */
export function approved({ qualifiedAt }: LockedReward): RewardState {
  return qualifiedAt === null ? "pending" : "approved";
}

export async function listRewards(
  { database }: ReferralEnvironment,
  { userId, page = {} }: { readonly userId: string; readonly page: PageOptions | undefined },
): Promise<readonly Reward[]> {
  const { limit, from } = readPage(page, "newest");
  const rows = await database.many(listRewardsOfUser, {
    userId: requireUuid(userId, "userId"),
    before: from,
    limit,
  });
  return rows.map(toReward);
}

export async function listRewardsUnderReview(
  { database }: ReferralEnvironment,
  page: PageOptions = {},
): Promise<readonly RewardUnderReview[]> {
  const { limit, from } = readPage(page, "oldest");
  const rows = await database.many(listHeldRewards, { after: from, limit });
  return rows.map((row) => ({
    ...toReward(row),
    beneficiaryId: row.beneficiaryId,
    referrerId: row.referrerId,
    refereeId: row.refereeId,
    signals: row.signals as unknown as readonly ReferralSignal[],
  }));
}

export function balances({ database }: ReferralEnvironment, userId: string): Promise<readonly Balance[]> {
  return database.many(listBalances, { userId: requireUuid(userId, "userId") });
}

/** Approves rewards whose holding period is over; returns how many were due. Safe in any number of processes at once. */
export async function approveDueRewards(environment: ReferralEnvironment, limit: number): Promise<number> {
  const due = await environment.database.many(listDueRewards, { now: environment.clock.now(), limit });
  for (const { id } of due) {
    // Held or settled meanwhile by somebody else: then it stays what it became.
    await settleReward(environment, {
      rewardId: id,
      to: ({ state }) => (state === "pending" ? "approved" : (state as RewardState)),
    });
  }
  return due.length;
}

function toReward(row: {
  readonly id: string;
  readonly program: string;
  readonly role: string;
  readonly amount: number;
  readonly unit: string;
  readonly state: string;
  readonly availableAt: Date | null;
  readonly createdAt: Date;
}): Reward {
  const { id, program, amount, unit, availableAt, createdAt } = row;
  return {
    id,
    program,
    role: row.role as Reward["role"],
    amount,
    unit,
    state: row.state as RewardState,
    availableAt,
    createdAt,
  };
}
