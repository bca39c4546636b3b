import { AuthError, isAuthError, type AnyErrorCode } from "../errors.ts";
import { redact } from "./redact.ts";

/** A failure in one sentence or two; no stack, no password. */
export interface FailureDescription {
  readonly code: AnyErrorCode;
  readonly message: string;
  /** The stacks of the error and its causes, for `--verbose`. */
  readonly stack: string;
}

// What to do, where the error's own message leaves it open or speaks to a program.
const advice: Partial<Record<AnyErrorCode, string>> = {
  schema_pending:
    "Run wispy-auth migrate, as a role that may create tables, or hand what wispy-auth sql --pending prints to one that may",
  schema_drift: "Put back what is missing; wispy-auth sql prints how it was made",
  schema_foreign_table: "See --namespace",
  database_unavailable: "Check the URL, and that the database accepts connections from here",
  connection_timeout: "Check the URL, and that the database accepts connections from here",
  internal_error: "Run it again with --verbose",
};

// Errors whose cause is what the reader is after.
const namesCause = new Set<AnyErrorCode>([
  "configuration_invalid",
  "migration_failed",
  "database_unavailable",
  "database_error",
  "connection_timeout",
  "outcome_unknown",
]);

export function describeFailure(error: unknown): FailureDescription {
  const code = isAuthError(error) ? error.code : "internal_error";
  const cause = namesCause.has(code) ? causeText(error) : null;
  const subject = messageOf(error);
  const said = cause === null ? subject : `${subject.replace(/\?$/, "")}: ${cause}`;
  const next = adviceOn(error, code);
  const message = next === undefined ? said : `${said}. ${next}`;
  return { code, message: redact(message), stack: redact(stackOf(error)) };
}

function adviceOn(error: unknown, code: AnyErrorCode): string | undefined {
  if (!isAuthError(error, "schema_pending")) return advice[code];
  // The tables of adopt are none that migrate or --pending knows.
  const ofAdopt = error.data.migrations.some((migration) => migration.startsWith("adopt/"));
  return ofAdopt
    ? "Run wispy-auth adopt as a role that may create tables, or hand what wispy-auth sql --pending and wispy-auth sql --module adopt print to one that may"
    : advice[code];
}

function messageOf(error: unknown): string {
  if (isAuthError(error, "schema_pending")) return `The database lacks ${error.data.migrations.join(", ")}`;
  return firstLine(error);
}

/** The innermost cause, which is what the driver or the system said. */
function causeText(error: unknown): string | null {
  const cause = causeOf(error);
  if (cause === undefined) return null;
  return causeText(cause) ?? firstLine(cause);
}

function causeOf(error: unknown): unknown {
  // Node tries every address of a host name and reports them all.
  if (error instanceof AggregateError) return error.errors[0] as unknown;
  return error instanceof Error ? error.cause : undefined;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  // Node says which file asked for a module: one of ours.
  return text
    .split("\n")[0]!
    .replace(/ imported from \S+$/, "")
    .replace(/\.$/, "");
}

function stackOf(error: unknown): string {
  const cause = causeOf(error);
  const own = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return cause === undefined ? own : `${own}\nCaused by: ${stackOf(cause)}`;
}

/** What `--json` shows of an error's data: the SQL of `schema_pending` has a command of its own. */
export function failureData(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof AuthError)) return {};
  const { sql: _, ...data } = error.data as Readonly<Record<string, unknown>>;
  return data;
}
