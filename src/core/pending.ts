/** Which operations can end without a session, because something is still to be done. */
export type PendingOperation = "signUp" | "signIn";

/**
 * A sign-in, or a sign-up, that is not done: who it is has been proved, and something else is asked for before there
 * is a session. The module that asked takes the answer.
 */
export interface PendingSignIn {
  readonly pending: {
    /** The module that waits: `twoFactor`, `emailVerification`. */
    readonly step: string;
    /** The ways to answer, the module's own words: `totp`, `recoveryCode`. */
    readonly methods: readonly string[];
    /** Names this sign-in to the module. Shown once; opens nothing by itself. */
    readonly token: string;
    readonly expiresAt: Date;
    /** What helps to answer, such as where a code was sent to. Safe to show. */
    readonly details: Readonly<Record<string, string>>;
  };
}

/** What a module asks for before a session may be opened. */
export type StepRequest = Omit<PendingSignIn["pending"], "step" | "details"> & {
  readonly details?: Readonly<Record<string, string>>;
};

/** True for a sign-in or sign-up that ended without a session, because a module asks for something first. */
export function isPending<T extends object>(result: T | PendingSignIn): result is PendingSignIn {
  return "pending" in result;
}

export function pendingSignIn(step: string, { details = {}, ...request }: StepRequest): PendingSignIn {
  return { pending: { step, ...request, details } };
}
