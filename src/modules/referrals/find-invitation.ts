import { addSeconds, type ModuleSignUpDraft, type RowOf } from "../../module.ts";
import { findInvitation as findInvitationStatement } from "./code-statements.ts";
import { normaliseCode, personOf } from "./referral-code.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import type { ProgramSettings } from "./referral-settings.ts";
import type { RedemptionRefusal } from "./referrals-api.ts";

/** A code that can be redeemed by whoever asks, as things stand. Whether it is, one statement of the sign-up decides. */
export interface Invitation {
  /** What looks odd is from before anything was written; how many came today, the sign-up itself counts. */
  readonly code: {
    readonly id: string;
    readonly ownerId: string;
    readonly owner: string;
    readonly sameAddress: boolean;
    readonly sameDevice: boolean;
  };
  readonly program: ProgramSettings;
}

type Visitor = Pick<ModuleSignUpDraft<object>, "client" | "deviceTokenHash"> & {
  /** `null` for somebody who only asks. */
  readonly emailCanonical: string | null;
};

/** Asks only what a code is worth. */
export const nobody: Visitor = {
  client: { ipAddress: null, userAgent: null },
  deviceTokenHash: null,
  emailCanonical: null,
};

/** Of a code as somebody writes it, spaces and dashes included. */
const maximumCodeLength = 64;

/** Looks a code up in any spelling, with what may look odd about its owner and the visitor: one statement. */
export async function findInvitation(
  environment: ReferralEnvironment,
  { code, visitor }: { readonly code: string; readonly visitor: Visitor },
): Promise<Invitation | RedemptionRefusal> {
  const codeKey = codeKeyOf(code);
  if (codeKey === null) return "code_unknown";
  const now = environment.clock.now();
  const asked = { codeKey, ...visitorOf(environment, { visitor, now }) };
  const found = await environment.database.maybeOne(findInvitationStatement, asked);
  return judge(environment, { found, visitor, now });
}

/** A code as it is compared; `null` for what is none. A link's parameter may be anything, and its page must not fail. */
export function codeKeyOf(code: string): string | null {
  return (typeof code === "string" && code.length <= maximumCodeLength && normaliseCode(code)) || null;
}

/** As much of a visitor as is to be compared with the owner of a code. */
export function visitorOf(
  { settings: { review } }: ReferralEnvironment,
  { visitor, now }: { readonly visitor: Omit<Visitor, "emailCanonical">; readonly now: Date },
) {
  return {
    ipAddress: review.sameAddressWithinSeconds > 0 ? visitor.client.ipAddress : null,
    seenAfter: addSeconds(now, -review.sameAddressWithinSeconds),
    deviceTokenHash: review.sameDevice ? visitor.deviceTokenHash : null,
  };
}

/** What a code that was looked up is worth to a visitor. */
export function judge(
  { settings }: ReferralEnvironment,
  {
    found,
    visitor,
    now,
  }: {
    readonly found: RowOf<typeof findInvitationStatement> | null;
    readonly visitor: Pick<Visitor, "emailCanonical">;
    readonly now: Date;
  },
): Invitation | RedemptionRefusal {
  if (found === null || found.ownerDisabledAt !== null) return "code_unknown";
  const refusal = refusalOf(found, now);
  if (refusal !== null) return refusal;
  const { id: codeId, ownerId, ownerEmail, sameAddress, sameDevice } = found;
  const same = visitor.emailCanonical !== null && personOf(visitor.emailCanonical) === personOf(ownerEmail);
  if (same) return "self_referral";
  const program = settings.programs.get(found.program);
  // A program that was taken out of the options brings nobody in any more.
  if (program === undefined) return "code_inactive";
  return { code: { id: codeId, ownerId, owner: ownerId, sameAddress, sameDevice }, program };
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
