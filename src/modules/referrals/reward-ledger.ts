import {
  AuthError,
  type Call,
  type HeadValue,
  type RowOf,
  type Script,
  type Transaction,
} from "../../module.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import type { RewardState } from "./referrals-api.ts";
import { releaseCap } from "./member-statements.ts";
import {
  addReward,
  addToBalance,
  findHeldReward,
  holdReward,
  insertEntry,
  insertFirstEntry,
  insertReward,
  setRewardState,
} from "./reward-statements.ts";

/** What a reward may become from each state. Fulfilled is paid: only a reversal undoes it. */
const transitions: Readonly<Record<RewardState, readonly RewardState[]>> = {
  pending: ["held", "approved", "rejected"],
  held: ["pending", "approved", "rejected"],
  approved: ["held", "fulfilled", "reversed"],
  fulfilled: ["reversed"],
  reversed: [],
  rejected: [],
};

/** Neither of these earns anybody anything: a cap counts them no more. */
const worthless: ReadonlySet<RewardState> = new Set(["reversed", "rejected"]);

export interface NewReward {
  readonly id: string;
  readonly entryId: string;
  readonly referralId: string;
  readonly program: string;
  readonly role: "referrer" | "referee";
  readonly beneficiaryId: string | HeadValue<string>;
  readonly amount: number;
  readonly unit: string;
  /** `pending`, `held` or `approved`, and why; or what the head of a chain says. */
  readonly state: string | HeadValue<string>;
  readonly reason: string | null | HeadValue<string | null>;
  readonly availableAt: Date | null;
  readonly now: Date;
}

/** A reward with its first entry, in the balance of whom it is for. To stand in one step, or behind a chain's head. */
export function openReward({ entryId, reason, now, ...reward }: NewReward): readonly Call<unknown>[] {
  const { id, beneficiaryId, unit, amount, state } = reward;
  return [
    insertReward.with({ ...reward, createdAt: now, updatedAt: now }),
    insertFirstEntry.with({ id: entryId, rewardId: id, toState: state, amount, reason, occurredAt: now }),
    addReward.with({ userId: beneficiaryId, unit, state, amount }),
  ];
}

export interface Move {
  readonly rewardId: string;
  /** Or from the reward's own circumstances. */
  readonly to: RewardState | ((reward: LockedReward & { readonly state: RewardState }) => RewardState);
  readonly reason: string | null;
  /** Set where a holding period begins. */
  readonly availableAt?: Date;
}

export type LockedReward = RowOf<typeof findHeldReward>;

/** A reward as it was and as it is. */
export interface Moved {
  readonly before: RewardState;
  readonly after: LockedReward;
}

/**
 * Moves a reward to another state by one more entry, and its amount in the balance of whom it is for. Twice is once.
 * @throws AuthError `not_found`, `referrals.reward_state`
 */
export function moveReward(
  { clock, newId }: ReferralEnvironment,
  { rewardId, to, reason, availableAt }: Move,
): (tx: Transaction) => Script<Moved> {
  const now = clock.now();
  const entryId = newId(now);
  return function* (tx) {
    const held = yield* tx.maybeOne(holdReward, { id: rewardId });
    const reward = held && (yield* tx.maybeOne(findHeldReward, { id: rewardId }));
    if (reward === null) throw new AuthError("not_found", { message: "There is no such reward" });
    const from = reward.state as RewardState;
    const target = typeof to === "function" ? to({ ...reward, state: from }) : to;
    const available = availableAt ?? reward.availableAt;
    if (target === from) {
      if (availableAt === undefined) return { before: from, after: reward };
      yield* tx.run(setRewardState, { id: reward.id, state: from, availableAt, updatedAt: now });
      return { before: from, after: { ...reward, availableAt } };
    }
    if (!transitions[from].includes(target)) throw wrongState(from, target);
    const { id, amount, unit, beneficiaryId } = reward;
    const steps: Call<unknown>[] = [
      setRewardState.with({ id, state: target, availableAt: available, updatedAt: now }),
      insertEntry.with({
        id: entryId,
        rewardId: id,
        number: reward.entries + 1,
        fromState: from,
        toState: target,
        amount,
        reason,
        occurredAt: now,
      }),
    ];
    if (beneficiaryId !== null) {
      steps.push(
        addToBalance.with({ userId: beneficiaryId, unit, ...change({ [from]: -amount, [target]: amount }) }),
      );
      if (reward.role === "referrer" && worthless.has(target) && !worthless.has(from)) {
        steps.push(releaseCap.with({ program: reward.program, userId: beneficiaryId }));
      }
    }
    yield* tx.all(steps);
    return { before: from, after: { ...reward, state: target, availableAt: available } };
  };
}

function change(amounts: Partial<Record<RewardState, number>>): Record<RewardState, number> {
  return { pending: 0, held: 0, approved: 0, fulfilled: 0, reversed: 0, rejected: 0, ...amounts };
}

function wrongState(from: RewardState, to: RewardState): AuthError {
  return new AuthError("referrals.reward_state", {
    message: `A reward that is ${from} cannot become ${to}`,
    data: { state: from },
  });
}

/** Paid, or worth nothing any more: a rejection of the referral leaves it as it is. */
export function isFinal(state: RewardState): boolean {
  return state === "fulfilled" || worthless.has(state);
}
