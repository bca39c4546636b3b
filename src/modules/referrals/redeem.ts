import {
  AuthError,
  type Call,
  type ModuleSignUpDraft,
  type Script,
  type SignUpScript,
  type Transaction,
} from "../../module.ts";
import { readAttribution } from "./attribution.ts";
import { findCode, takeUse } from "./code-statements.ts";
import { countReferral } from "./count-referral.ts";
import { findInvitation, refusalOf, type Invitation } from "./find-invitation.ts";
import { addToMember, takeCap } from "./member-statements.ts";
import { dayOf } from "./referral-day.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import type { RedemptionAnswer, RedemptionRefusal, RewardState } from "./referrals-api.ts";
import { openReward } from "./reward-ledger.ts";
import { insertReferral } from "./reward-statements.ts";

/** The sign-up field of the module. */
export interface ReferralFields {
  readonly referralCode?: string | undefined;
}

/**
 * Reads the code of a sign-up, or of the link that was followed before it, and returns what redeems it. With a code
 * required, whatever keeps it from being redeemed is an error.
 * @throws AuthError `referrals.<reason>`
 */
export async function prepareRedemption(
  environment: ReferralEnvironment,
  draft: ModuleSignUpDraft<ReferralFields>,
): Promise<SignUpScript<RedemptionAnswer> | null> {
  const { settings } = environment;
  const typed = draft.fields.referralCode?.trim() || null;
  const code = typed ?? readAttribution(environment, draft.cookie)?.code ?? null;
  if (code === null) {
    if (settings.requireReferralCode) throw refused("code_missing");
    return null;
  }
  const invitation = await findInvitation(environment, { code, visitor: draft });
  if (typeof invitation !== "string") return redemptionScript(environment, { invitation, draft });
  if (settings.requireReferralCode) throw refused(invitation);
  return () => answer({ redeemed: false, reason: invitation });
}

function answer(value: RedemptionAnswer): () => Script<RedemptionAnswer> {
  // oxlint-disable-next-line require-yield
  return function* () {
    return value;
  };
}

interface Redemption {
  readonly invitation: Invitation;
  readonly draft: ModuleSignUpDraft<ReferralFields>;
}

function redemptionScript(
  environment: ReferralEnvironment,
  { invitation, draft }: Redemption,
): SignUpScript<RedemptionAnswer> {
  const { clock, newId, settings } = environment;
  const { codeId, ownerId, program } = invitation;
  return ({ user }) => {
    const now = clock.now();
    const referralId = newId(now);
    const rewards = rewardsOf(environment, { invitation, referralId, refereeId: user.id, now });
    const capped = program.referrer !== null && program.maxRewardsPerReferrer !== null;
    const use = takeUse.with({ id: codeId, ownerId, now });
    // PostgreSQL runs these from the last to the first: members, days and then balances, as everybody else who holds
    // more than one of them. Nothing but the wait for a deadlock hangs on it.
    const rest = [
      ...(capped ? [] : rewards.referrer),
      ...rewards.referee,
      ...referralRows({ invitation, referralId, refereeId: user.id, now }),
      environment.recordEvent({
        type: "referrals.redeemed",
        userId: user.id,
        occurredAt: now,
        client: draft.client,
        data: { referralId, program: program.name, signals: invitation.signals.map(({ kind }) => kind) },
      }),
    ];
    if (!capped && !settings.requireReferralCode) {
      return {
        head: use,
        rest,
        answer: { redeemed: true, program: program.name },
        *otherwise(tx) {
          return { redeemed: false, reason: yield* whyNot(tx, { codeId, now }) };
        },
      };
    }
    return function* (tx) {
      if ((yield* tx.chain(use, rest)) === null) {
        const reason = yield* whyNot(tx, { codeId, now });
        if (settings.requireReferralCode) throw refused(reason);
        return { redeemed: false, reason };
      }
      if (capped) {
        const cap = program.maxRewardsPerReferrer!;
        yield* tx.chain(takeCap.with({ program: program.name, userId: ownerId, cap }), rewards.referrer);
      }
      return { redeemed: true, program: program.name };
    };
  };
}

interface Moment {
  readonly invitation: Invitation;
  readonly referralId: string;
  readonly refereeId: string;
  readonly now: Date;
}

/** The referral and its counters. */
function referralRows({
  invitation: { codeId, ownerId, program, signals },
  referralId,
  refereeId,
  now,
}: Moment): readonly Call<unknown>[] {
  const counts = program.qualification === "sign_up";
  const qualified = counts ? 1 : 0;
  const capped = program.maxRewardsPerReferrer !== null;
  const rewarded = program.referrer !== null && !capped ? 1 : 0;
  const day = dayOf(now);
  return [
    insertReferral.with({
      id: referralId,
      program: program.name,
      codeId,
      referrerId: ownerId,
      refereeId,
      state: counts ? "qualified" : "pending",
      signals: signals as never,
      createdAt: now,
      qualifiedAt: counts ? now : null,
    }),
    ...countReferral({
      id: referralId,
      referrerId: ownerId,
      program: program.name,
      day,
      referrals: 1,
      qualified,
    }),
    addToMember.with({
      program: program.name,
      userId: ownerId,
      listed: false,
      referrals: 1,
      qualified,
      rewards: rewarded,
    }),
  ];
}

/** What each side earns, with the state it begins in. */
function rewardsOf(
  { newId }: ReferralEnvironment,
  { invitation: { ownerId, program, signals }, referralId, refereeId, now }: Moment,
): Record<"referrer" | "referee", readonly Call<unknown>[]> {
  const counts = program.qualification === "sign_up";
  const available = new Date(now.getTime() + program.holdingPeriodSeconds * 1000);
  const open: RewardState = counts && program.holdingPeriodSeconds === 0 ? "approved" : "pending";
  const held = signals.length > 0;
  const make = (role: "referrer" | "referee", beneficiaryId: string): readonly Call<unknown>[] => {
    const rule = program[role];
    if (rule === null) return [];
    return openReward({
      id: newId(now),
      entryId: newId(now),
      referralId,
      program: program.name,
      role,
      beneficiaryId,
      ...rule,
      state: held ? "held" : open,
      reason: held ? signals.map(({ kind }) => kind).join(", ") : null,
      availableAt: counts ? available : null,
      now,
    });
  };
  return { referrer: make("referrer", ownerId), referee: make("referee", refereeId) };
}

/** Somebody was faster: what does the code say now? */
function* whyNot(
  tx: Transaction,
  { codeId, now }: { readonly codeId: string; readonly now: Date },
): Script<RedemptionRefusal> {
  const code = yield* tx.maybeOne(findCode, { id: codeId });
  if (code === null || code.ownerId === null) return "code_unknown";
  return refusalOf(code, now) ?? "code_used_up";
}

function refused(reason: RedemptionRefusal): AuthError {
  return new AuthError(`referrals.${reason}`, { message: refusalMessages[reason] });
}

const refusalMessages: Readonly<Record<RedemptionRefusal, string>> = {
  code_missing: "Signing up takes a referral code",
  code_unknown: "There is no such referral code",
  code_expired: "The referral code has expired",
  code_used_up: "The referral code has been used as often as it may be",
  code_inactive: "The referral code is not active",
  self_referral: "Nobody can refer themselves",
};
