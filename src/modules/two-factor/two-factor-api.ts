import type { NewSession, PendingSignIn, RequestContext, Session } from "../../module.ts";

/** A second factor. */
export type FactorKind = "totp" | "email";

/** What a code is: of a factor, or one of the recovery codes. */
export type CodeKind = FactorKind | "recoveryCode";

/** How a user's second step stands. */
export interface TwoFactorStatus {
  readonly enabled: boolean;
  readonly factors: readonly FactorKind[];
  readonly recoveryCodesLeft: number;
}

/** What an authenticator application needs; shown once. */
export interface TotpOffer {
  /** In base 32, for those who type it. */
  readonly secret: string;
  /** For a QR code: `otpauth://totp/...`. */
  readonly uri: string;
}

/** A code, to prove that the factor is at hand. */
export interface CodeProof {
  readonly method: CodeKind;
  readonly code: string;
}

/** Who changes the factors: a session that is there, and recent. */
export interface FactorOwner {
  readonly userId: string;
  /** Stays; every other session of the user ends. */
  readonly sessionId: string;
}

export interface FactorChange {
  /** Shown once, where the user had none before: keep them where the device is not. */
  readonly recoveryCodes: readonly string[] | null;
}

/** `auth.twoFactor`. Who asks is checked by the routes, and by applications that call this themselves. */
export interface TwoFactor {
  status(userId: string): Promise<TwoFactorStatus>;

  /**
   * Answers the second step of a sign-in and opens its session.
   * @throws AuthError `twoFactor.code_wrong`, `twoFactor.challenge_gone` (sign in again), `too_many_requests`
   */
  answer(
    answer: CodeProof & {
      /** `pending.token` of the sign-in. */
      readonly token: string;
      /** Ask this browser for the password alone for a while. */
      readonly trustDevice?: boolean;
    },
    context?: RequestContext,
  ): Promise<NewSession | PendingSignIn>;
  /** Mails a code for the sign-in. @throws AuthError `twoFactor.challenge_gone`, `twoFactor.not_enabled`, `too_many_requests` */
  sendCode(target: { readonly token: string }, context?: RequestContext): Promise<void>;

  /**
   * Offers an authenticator application a secret, of no effect before `confirmTotp`. An earlier offer ends.
   * @throws AuthError `twoFactor.already_enabled`, `not_found`
   */
  offerTotp(userId: string): Promise<TotpOffer>;
  /** @throws AuthError `twoFactor.code_wrong`, `twoFactor.not_offered`, `too_many_requests` */
  confirmTotp(owner: FactorOwner, code: string, context?: RequestContext): Promise<FactorChange>;
  /** Codes by mail, to the user's verified address. @throws AuthError `twoFactor.already_enabled`, `twoFactor.email_unverified` */
  enableEmail(owner: FactorOwner, context?: RequestContext): Promise<FactorChange>;
  /** Mails a code to somebody signed in, as a proof for `disable` or `renewRecoveryCodes`. */
  sendProofCode(owner: FactorOwner, context?: RequestContext): Promise<void>;
  /** @throws AuthError `twoFactor.code_wrong`, `twoFactor.not_enabled`, `too_many_requests` */
  disable(
    owner: FactorOwner,
    change: { readonly factor: FactorKind; readonly proof: CodeProof },
    context?: RequestContext,
  ): Promise<void>;
  /** The earlier ones are void. @throws AuthError `twoFactor.code_wrong`, `twoFactor.not_enabled`, `too_many_requests` */
  renewRecoveryCodes(
    owner: FactorOwner,
    proof: CodeProof,
    context?: RequestContext,
  ): Promise<readonly string[]>;
  /** Every browser is asked for the second step again; how many there were. */
  forgetDevices(userId: string): Promise<number>;
  /** Takes the second step away from a user who has lost everything, once the application knows who it is. */
  reset(userId: string): Promise<boolean>;
}

/** The part of a session that says who owns the factors. */
export function ownerOf(session: Pick<Session, "id" | "userId">): FactorOwner {
  return { userId: session.userId, sessionId: session.id };
}
