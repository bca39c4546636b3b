import type { AnyErrorCode, AuthErrorCode } from "../../errors.ts";

export interface ErrorStatus {
  readonly status: number;
  /** RFC 9457 `title`: one text per code, for people. */
  readonly title: string;
  /** True when the error's own message and data are for the client; otherwise the client gets the title alone. */
  readonly explained: boolean;
}

/** What a mistake of the developer or an unforeseen failure looks like from outside: nothing to tell apart. */
const hidden: ErrorStatus = { status: 500, title: "Something went wrong on our side", explained: false };

const unavailable: ErrorStatus = {
  status: 503,
  title: "The service is not available right now",
  explained: false,
};

function explained(status: number, title: string): ErrorStatus {
  return { status, title, explained: true };
}

/** The one place where codes become HTTP statuses. The type makes a code without an entry a compile error. */
export const errorStatuses: Readonly<Record<AuthErrorCode, ErrorStatus>> = {
  invalid_input: explained(400, "The input is not valid"),
  password_rejected: explained(422, "The password is not accepted"),
  user_exists: explained(409, "There is an account with this e-mail address already"),
  invalid_credentials: explained(401, "The e-mail address or the password is wrong"),
  unauthenticated: explained(401, "Not signed in"),
  session_not_fresh: explained(403, "Sign in again to do this"),
  sign_in_refused: explained(403, "This account cannot be signed in to"),
  not_found: explained(404, "Not found"),
  too_many_requests: explained(429, "Too many attempts"),

  origin_refused: explained(403, "The request comes from another site"),
  unsupported_media_type: explained(415, "The body's content type is not supported"),
  payload_too_large: explained(413, "The body is too large"),
  request_timeout: explained(408, "The request took too long to arrive"),
  method_not_allowed: explained(405, "The method is not allowed here"),

  configuration_invalid: hidden,
  unsupported_handle: hidden,
  driver_missing: hidden,
  statement_invalid: hidden,
  script_invalid: hidden,
  nested_database_use: hidden,
  transaction_required: hidden,
  transaction_aborted: hidden,
  sign_in_cannot_join: hidden,
  host_transaction_open: hidden,
  database_closed: unavailable,

  schema_pending: unavailable,
  schema_newer: unavailable,
  schema_drift: hidden,
  schema_foreign_table: hidden,
  migration_edited: hidden,
  migration_failed: hidden,

  overloaded: explained(503, "Too busy right now"),
  database_unavailable: unavailable,
  connection_timeout: unavailable,
  transaction_conflict: unavailable,
  transaction_rolled_back: unavailable,
  outcome_unknown: explained(503, "It is not known whether the change was made"),
  database_error: hidden,
  internal_error: hidden,
};

/** What modules declared for the codes of their own. */
export type ModuleErrorStatuses = ReadonlyMap<string, { readonly status: number; readonly title: string }>;

/** The entry of a code; a code that nobody declared says nothing to a client. */
export function errorStatus(code: AnyErrorCode, modules: ModuleErrorStatuses = new Map()): ErrorStatus {
  if (code in errorStatuses) return errorStatuses[code as AuthErrorCode];
  const declared = modules.get(code);
  return declared ? explained(declared.status, declared.title) : hidden;
}

/**
 * The code a client sees. Codes that describe our inside become one of two, so that an answer's vocabulary is
 * closed and a stranger cannot watch migrations or drivers from outside.
 */
export function publicCode(code: AnyErrorCode, modules?: ModuleErrorStatuses): AnyErrorCode {
  const { status, explained: own } = errorStatus(code, modules);
  if (own) return code;
  return status === 503 ? "database_unavailable" : "internal_error";
}
