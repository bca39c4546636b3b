import type { NewSession, PendingSignIn, RequestContext, Session, User } from "../../module.ts";

/** Whose address a mail is about: a sign-in that waits, or a user who is signed in. */
export type VerificationTarget =
  | {
      /** `pending.token`. */
      readonly pendingToken: string;
    }
  | { readonly userId: string };

/** What an address is confirmed by: a link's token, in the browser that signs in or in another; or a code, where it was asked for. */
export type Confirmation =
  | { readonly token: string; readonly pendingToken?: string | undefined }
  | (VerificationTarget & { readonly code: string });

export interface Confirmed {
  readonly user: User;
  /** What a sign-in came to that waited for it: a session, or the next step; `null` if none did. */
  readonly signedIn: NewSession | PendingSignIn | null;
}

/** Who changes the address: a session that is there, and recent. */
export interface AddressOwner {
  readonly userId: string;
  /** Stays; every other session of the user ends. */
  readonly sessionId: string;
}

/** `auth.emailVerification`. Who asks is checked by the routes, and by applications that call this themselves. */
export interface EmailVerification {
  /**
   * Mails another code and link; the earlier ones are void. A sign-in that waits gets three mails, an address five an hour.
   * @throws AuthError `emailVerification.challenge_gone`, `emailVerification.already_verified`, `not_found`, `too_many_requests`
   */
  send(target: VerificationTarget, context?: RequestContext): Promise<void>;

  /**
   * Confirms the address that the mail went to: verifies it, or moves the account to it, and then the address before it
   * gets a mail by which that is taken back. A sign-in that waits goes on in the same transaction.
   * @throws AuthError `emailVerification.code_wrong`, `emailVerification.link_gone`, `emailVerification.challenge_gone`,
   *   `user_exists` if a new address was taken meanwhile, `sign_in_refused`, `too_many_requests`
   */
  confirm(confirmation: Confirmation, context?: RequestContext): Promise<Confirmed>;

  /**
   * Mails a link and a code to a new address; until it is confirmed nothing changes. Says nothing of whether the address has
   * an account: its owner is told.
   * @throws AuthError `invalid_input`, `not_found`, `too_many_requests`
   */
  requestChange(
    owner: AddressOwner,
    input: { readonly email: string },
    context?: RequestContext,
  ): Promise<void>;

  /**
   * Moves the account back to the address that the mail of the change went to, and ends every session.
   * @throws AuthError `emailVerification.link_gone`, `user_exists` if it was taken meanwhile, `too_many_requests`
   */
  undoChange(input: { readonly token: string }, context?: RequestContext): Promise<void>;
}

/** The part of a session that says who owns the address. */
export function ownerOf({ userId, id }: Pick<Session, "id" | "userId">): AddressOwner {
  return { userId, sessionId: id };
}
