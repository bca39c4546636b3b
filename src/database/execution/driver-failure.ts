import { AuthError } from "../../errors.ts";
import { classifyFailure, type DatabaseFailure } from "../dialects/failure.ts";
import { sqlState } from "../dialects/postgres-errors.ts";
import type { DriverQuery, DriverResult } from "../drivers/driver.ts";

/** A rejected statement with what it means. Only the driver makes one: a script's own errors are never mistaken for it. */
export class DriverFailure extends Error {
  readonly failure: DatabaseFailure;

  constructor(cause: unknown) {
    super("The driver rejected a statement", { cause });
    this.failure = classifyFailure(cause);
    dropQuotedValues(cause);
  }
}

/**
 * PostgreSQL quotes in DETAIL the row it refused, and in CONTEXT the parameters where the server is set so:
 * addresses and hashes, which would reach every log that prints the cause.
 */
function dropQuotedValues(error: unknown): void {
  if (typeof error !== "object" || error === null) return;
  for (const field of ["detail", "where"]) Reflect.deleteProperty(error, field);
}

/** Sends a statement; a rejection becomes a {@link DriverFailure}, unless the driver has given its own verdict. */
export async function ask(
  connection: { query(query: DriverQuery): Promise<DriverResult> },
  query: DriverQuery,
): Promise<DriverResult> {
  try {
    return await connection.query(query);
  } catch (cause) {
    throw judged(cause);
  }
}

/** The same for what a driver does by calls of its own: begin, commit. */
export async function driven<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw judged(cause);
  }
}

function judged(cause: unknown): Error {
  return cause instanceof AuthError ? cause : new DriverFailure(cause);
}

/** What an error means for the operation; anything but a {@link DriverFailure} came from the script itself. */
export function failureOf(error: unknown): DatabaseFailure {
  return error instanceof DriverFailure ? error.failure : { kind: "other" };
}

/** True when the connection cannot be used again. */
export function breaksConnection(failure: DatabaseFailure): boolean {
  return (
    failure.kind === "lost" || failure.kind === "unavailable" || (failure.kind === "refused" && failure.fatal)
  );
}

/** The error a caller sees. `unknown` says that a write was under way when the connection ended. */
export function toCallerError(error: unknown, options: { readonly unknownOutcome: boolean }): unknown {
  if (!(error instanceof DriverFailure)) return error;
  const { cause } = error;
  switch (error.failure.kind) {
    case "lost":
      return options.unknownOutcome
        ? new AuthError("outcome_unknown", {
            message:
              "The connection ended before the database confirmed the change; it may or may not have happened",
            cause,
          })
        : new AuthError("database_unavailable", { message: "The connection to the database ended", cause });
    case "unavailable":
      return new AuthError("database_unavailable", { message: "The database cannot be reached", cause });
    case "busy":
      return new AuthError("database_unavailable", {
        message: "The database stayed busy: another transaction held its lock",
        cause,
      });
    case "conflict":
      return new AuthError("transaction_conflict", {
        message: "The database asked more often than allowed for the transaction to be run again",
        cause,
      });
    default:
      // pg learns of a failed transaction only after the rejection of the statement that failed it.
      return sqlState(cause) === "25P02"
        ? transactionAborted(cause)
        : new AuthError("database_error", { message: "The database refused a statement", cause });
  }
}

export function transactionAborted(cause?: unknown): AuthError {
  return new AuthError("transaction_aborted", {
    message: "The transaction has failed already; the database refuses further statements in it",
    cause,
  });
}
