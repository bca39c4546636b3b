import type { ModuleSignUpDraft } from "../../module.ts";
import { findInvitation as findInvitationStatement } from "./code-statements.ts";
import { normaliseCode, personOf } from "./referral-code.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import type { ProgramSettings } from "./referral-settings.ts";
import type { RedemptionRefusal, ReferralSignal } from "./referrals-api.ts";

/** A code that can be redeemed by whoever asks, as things stand. Whether it is, one statement of the sign-up decides. */
export interface Invitation {
  readonly codeId: string;
  readonly ownerId: string;
  readonly program: ProgramSettings;
  /** What looks odd before anything is written; how many came today, the sign-up itself counts. */
  readonly signals: readonly ReferralSignal[];
}

type Visitor = Pick<ModuleSignUpDraft<object>, "client" | "deviceTokenHash"> & {
  /** `null` for somebody who only asks. */
  readonly emailCanonical: string | null;
};

/** Of a code as somebody writes it, spaces and dashes included. */
const maximumCodeLength = 64;

/** Looks a code up in any spelling, with what may look odd about its owner and the visitor: one statement. */
export async function findInvitation(
  { database, clock, settings }: ReferralEnvironment,
  { code, visitor }: { readonly code: string; readonly visitor: Visitor },
): Promise<Invitation | RedemptionRefusal> {
  // A link's parameter may be anything, and a page that is visited by it must not fail.
  const codeKey = typeof code === "string" && code.length <= maximumCodeLength ? normaliseCode(code) : "";
  if (codeKey === "") return "code_unknown";
  const now = clock.now();
  const { review } = settings;
  const found = await database.maybeOne(findInvitationStatement, {
    codeKey,
    ipAddress: review.sameAddressWithinSeconds > 0 ? visitor.client.ipAddress : null,
    seenAfter: new Date(now.getTime() - review.sameAddressWithinSeconds * 1000),
    deviceTokenHash: review.sameDevice ? visitor.deviceTokenHash : null,
  });
  if (found === null || found.ownerDisabledAt !== null) return "code_unknown";
  const refusal = refusalOf(found, now);
  if (refusal !== null) return refusal;
  const { ownerEmail } = found;
  const same = visitor.emailCanonical !== null && personOf(visitor.emailCanonical) === personOf(ownerEmail);
  if (same) return "self_referral";
  const program = settings.programs.get(found.program);
  // A program that was taken out of the options brings nobody in any more.
  if (program === undefined) return "code_inactive";
  const signals: ReferralSignal[] = [];
  if (found.sameAddress) signals.push({ kind: "same_address" });
  if (found.sameDevice) signals.push({ kind: "same_device" });
  return { codeId: found.id, ownerId: found.ownerId, program, signals };
}

/** Why a code cannot be redeemed at a moment, or `null`. */
export function refusalOf(
  code: {
    readonly pausedAt: Date | null;
    readonly deactivatedAt: Date | null;
    readonly expiresAt: Date | null;
    readonly maxUses: number | null;
    readonly uses: number;
  },
  now: Date,
): "code_inactive" | "code_expired" | "code_used_up" | null {
  if (code.pausedAt !== null || code.deactivatedAt !== null) return "code_inactive";
  if (code.expiresAt !== null && code.expiresAt <= now) return "code_expired";
  return code.maxUses !== null && code.uses >= code.maxUses ? "code_used_up" : null;
}
