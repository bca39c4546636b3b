import type { AuthErrorCode, InputIssue } from "../errors.ts";

/**
 * Why a call failed: a code of the server's (`docs/errors.md`), a module's such as `referrals.code_taken`, or
 * - `network_error`: there was no answer, and nobody knows whether the request arrived;
 * - `unexpected_answer`: what answered is not wispy-auth.
 */
export type AuthClientErrorCode =
  | AuthErrorCode
  | "network_error"
  | "unexpected_answer"
  // Any other text too, without losing the names above to an editor.
  | (string & Record<never, never>);

export interface AuthClientErrorDetails {
  readonly message: string;
  readonly status?: number | undefined;
  readonly title?: string | undefined;
  readonly detail?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds?: number | null | undefined;
  readonly cause?: unknown;
}

/**
 * The one error of the client. Branch on {@link AuthClientError.code}; messages are for developers and may change. A
 * message never holds what was sent.
 *
 * @example
 * try {
 *   await client.signIn({ email, password });
 * } catch (error) {
 *   if (error instanceof AuthClientError && error.code === "invalid_credentials") return "Wrong address or password";
 *   throw error;
 * }
 */
export class AuthClientError extends Error {
  override readonly name = "AuthClientError";
  readonly code: AuthClientErrorCode;
  /** Of the answer; null without one. */
  readonly status: number | null;
  /** One text per code, to be shown to people. */
  readonly title: string | null;
  /** What happened this time. */
  readonly detail: string | null;
  /** What is wrong with which field, for `invalid_input`; else []. */
  readonly issues: readonly InputIssue[];
  /** How long to wait before the call is worth another try; null if the server did not say. */
  readonly retryAfterSeconds: number | null;
  /** What else the answer says, such as the `reason` of `password_rejected`. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: AuthClientErrorCode, details: AuthClientErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status ?? null;
    this.title = details.title ?? null;
    this.detail = details.detail ?? null;
    this.data = details.data ?? {};
    this.issues = Array.isArray(this.data["issues"]) ? (this.data["issues"] as readonly InputIssue[]) : [];
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }
}
