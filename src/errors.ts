/**
 * Every failure a caller can meet.
 *
 * Branch on {@link AuthError.code}; messages are for people and may change. A message never holds a
 * secret, a token, a password or an e-mail address. `docs/errors.md` has a section for each code.
 */
export type AuthErrorCode = (typeof authErrorCodes)[number];

/** All codes, in the order of `docs/errors.md`. */
export const authErrorCodes = [
  // What the person at the keyboard did.
  "invalid_input",
  "password_rejected",
  "user_exists",
  "invalid_credentials",
  "unauthenticated",
  "session_not_fresh",
  "sign_in_refused",
  "not_found",
  "too_many_requests",
  // What the HTTP client did.
  "origin_refused",
  "unsupported_media_type",
  "payload_too_large",
  "request_timeout",
  "method_not_allowed",
  // What the application's developer did.
  "configuration_invalid",
  "unsupported_handle",
  "driver_missing",
  "statement_invalid",
  "script_invalid",
  "nested_database_use",
  "transaction_required",
  "transaction_aborted",
  "sign_in_cannot_join",
  "host_transaction_open",
  "database_closed",
  // What the schema manager found.
  "schema_pending",
  "schema_newer",
  "schema_drift",
  "schema_foreign_table",
  "migration_edited",
  "migration_failed",
  // What the database or the machine did.
  "overloaded",
  "database_unavailable",
  "connection_timeout",
  "transaction_conflict",
  "transaction_rolled_back",
  "outcome_unknown",
  "database_error",
  "internal_error",
] as const;

/** A failure that a module declares, named after it: `referrals.code_unknown`. */
export type ModuleErrorCode = `${string}.${string}`;

/** What {@link AuthError.code} can be. */
export type AnyErrorCode = AuthErrorCode | ModuleErrorCode;

/** One thing wrong with an input: `path` is dotted (`"email"`, `"" ` for the whole), `message` is for people. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

/** Why a password was not accepted. */
export type PasswordRejection =
  "too_short" | "too_long" | "common" | "contains_context" | "not_allowed" | "ill_formed";

/** What an error of a given code carries besides its message. Codes not listed carry an empty object. */
export interface AuthErrorData {
  invalid_input: { readonly issues: readonly InputIssue[] };
  password_rejected: { readonly reason: PasswordRejection; readonly minLength?: number };
  too_many_requests: {
    readonly retryAfterSeconds: number;
    /** Which limit it was, where there is more than one. */
    readonly policy?: { readonly name: string; readonly turns: number; readonly seconds: number };
  };
  overloaded: { readonly retryAfterSeconds: number };
  schema_pending: { readonly migrations: readonly string[]; readonly sql: string };
  schema_newer: { readonly module: string; readonly known: number; readonly found: number };
  schema_drift: { readonly differences: readonly string[] };
  schema_foreign_table: { readonly table: string };
  migration_edited: { readonly migration: string };
  migration_failed: { readonly migration: string };
}

export type AuthErrorDataOf<C extends AnyErrorCode> = C extends keyof AuthErrorData
  ? AuthErrorData[C]
  : C extends ModuleErrorCode
    ? Readonly<Record<string, unknown>>
    : Readonly<Record<string, never>>;

export interface AuthErrorOptions<C extends AnyErrorCode> {
  readonly message: string;
  readonly data?: AuthErrorDataOf<C>;
  readonly cause?: unknown;
}

/**
 * The one error class of wispy-auth.
 *
 * @example
 * try {
 *   await auth.signUp({ email, password });
 * } catch (error) {
 *   if (error instanceof AuthError && error.code === "user_exists") return "You have an account already";
 *   throw error;
 * }
 */
export class AuthError<C extends AnyErrorCode = AnyErrorCode> extends Error {
  override readonly name = "AuthError";
  readonly code: C;
  readonly data: AuthErrorDataOf<C>;

  constructor(code: C, options: AuthErrorOptions<C>) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options.data ?? ({} as AuthErrorDataOf<C>);
  }
}

/** True for an {@link AuthError}, of the given code if one is given; narrows `data`. */
export function isAuthError<C extends AnyErrorCode>(error: unknown, code?: C): error is AuthError<C> {
  return error instanceof AuthError && (code === undefined || error.code === code);
}
