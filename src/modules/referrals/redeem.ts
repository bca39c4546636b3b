import {
  AuthError,
  type ModuleSignUpDraft,
  type RowOf,
  type Script,
  type SignUpScript,
  type Transaction,
} from "../../module.ts";
import { readAttribution } from "./attribution.ts";
import { findCode, takeUse } from "./code-statements.ts";
import type { countForReferrer } from "./day-statements.ts";
import { codeKeyOf, findInvitation, refusalOf, type Invitation } from "./find-invitation.ts";
import { redeemAtOnce } from "./redeem-at-once.ts";
import { takeCap } from "./member-statements.ts";
import { capOf, redemptionChain, rewardFor, type Redemption } from "./redemption.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import type { ProgramSettings, ReferralSettings } from "./referral-settings.ts";
import type { RedemptionAnswer, RedemptionRefusal } from "./referrals-api.ts";

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
  const codeKey = codeKeyOf(code);
  const program = onlyProgram(settings);
  if (codeKey !== null && program !== null) return redeemAtOnce(environment, { codeKey, program, draft });
  const invitation = await findInvitation(environment, { code, visitor: draft });
  if (typeof invitation !== "string") return redeemSeen(environment, { ...invitation, client: draft.client });
  if (settings.requireReferralCode) throw refused(invitation);
  return () => answer({ redeemed: false, reason: invitation });
}

/**
 * The program of every code, where nothing has to be known of a code before its use is taken: without one the sign-up goes
 * on, and no cap asks for a second statement.
 */
function onlyProgram({ programs, requireReferralCode }: ReferralSettings): ProgramSettings | null {
  const [program, ...others] = programs.values();
  if (program === undefined || others.length > 0 || requireReferralCode) return null;
  return capOf(program) === null ? program : null;
}

function answer(value: RedemptionAnswer): () => Script<RedemptionAnswer> {
  // oxlint-disable-next-line require-yield
  return function* () {
    return value;
  };
}

/** Redeems a code that was looked up. */
function redeemSeen(
  environment: ReferralEnvironment,
  invitation: Invitation & Pick<Redemption, "client">,
): SignUpScript<RedemptionAnswer> {
  const { newId, settings } = environment;
  const { program, code } = invitation;
  const { id: codeId, ownerId } = code;
  const cap = capOf(program);
  return ({ user }) => {
    const now = user.createdAt;
    const made = { ...invitation, referralId: newId(now), refereeId: user.id, now };
    const use = takeUse.with({ id: codeId, ownerId, now });
    const counted = redemptionChain(environment, made);
    if (cap === null && !settings.requireReferralCode) {
      return {
        head: use,
        rest: [counted],
        answer: { redeemed: true, program: program.name },
        *otherwise(tx) {
          return { redeemed: false, reason: yield* whyNot(tx, { codeId, now }) };
        },
      };
    }
    return function* (tx) {
      const [used, decided] = yield* tx.chains({ head: use, rest: [] }, [counted]);
      if (used === null) {
        const reason = yield* whyNot(tx, { codeId, now });
        if (settings.requireReferralCode) throw refused(reason);
        return { redeemed: false, reason };
      }
      if (cap !== null) {
        const head = takeCap.with({ program: program.name, userId: ownerId, cap });
        const { state, reason } = decided as RowOf<typeof countForReferrer>;
        const reward = { ...made, role: "referrer", beneficiaryId: ownerId, state, reason } as const;
        yield* tx.chain(head, rewardFor(environment, reward));
      }
      return { redeemed: true, program: program.name };
    };
  };
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
