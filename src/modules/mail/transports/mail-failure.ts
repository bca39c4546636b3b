import { AuthError, isAuthError } from "../../../module.ts";

export interface MailFailure {
  /** Short, in letters, digits, dots and spaces: `smtp 550 5.1.1`. Stored and logged, so nothing of the mail is in it. */
  readonly reason: string;
  /** True if another attempt is of no use: a recipient who does not exist, a mail that is refused for what it is. */
  readonly permanent: boolean;
  /** The earliest time for another, as the other side asks. */
  readonly retryAfterSeconds?: number;
}

/** What a transport throws when it knows what went wrong. Anything else it throws is tried again. */
export function mailFailure(failure: MailFailure): AuthError<"mail.delivery_failed"> {
  return new AuthError("mail.delivery_failed", {
    message: `The mail was not delivered: ${failure.reason}`,
    data: { ...failure },
  });
}

const unfit = /[^\w .-]+/g;
const maximumReasonLength = 80;

/** What is known of any failure. The message of an error of somebody else's may name the recipient, and stays out. */
export function readFailure(error: unknown, transport: string): MailFailure {
  const known = isAuthError(error, "mail.delivery_failed")
    ? (error.data as unknown as MailFailure)
    : { reason: `${transport} ${codeOf(error)}`, permanent: false };
  return { ...known, reason: known.reason.replace(unfit, " ").slice(0, maximumReasonLength) };
}

/** `ECONNREFUSED`, wherever in the causes it stands, or the error's name. */
export function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code } = at as { readonly code?: unknown };
    if (typeof code === "string") return code;
  }
  return error instanceof Error ? error.name : "failed";
}
