import { AuthError } from "../../errors.ts";
import type { DriverQuery, DriverResult } from "./driver.ts";

/** The parts of a result of postgres.js that are used. */
interface PostgresJsResult extends ReadonlyArray<unknown> {
  /** The session it came from. */
  readonly state?: { readonly pid: number };
  readonly count: number | null;
  readonly command: string;
  readonly columns?: { readonly length: number };
}

/** A statement of postgres.js: sent once it is awaited. */
export interface PostgresJsQuery extends Promise<PostgresJsResult> {
  /** `null` until a connection has taken the statement. */
  readonly state: object | null;
  raw(): this;
}

/** What the top-level `sql` of postgres.js and the `sql` of a transaction have in common. */
export interface PostgresJsSql {
  unsafe(
    text: string,
    values: readonly unknown[],
    options: { readonly prepare: boolean },
  ): Pick<PostgresJsQuery, "raw">;
  typed(value: unknown, type: number): unknown;
}

// PostgreSQL takes the type "unknown" as no type at all: the cast in the statement decides. postgres.js has no
// serializer for it, whatever types the application defined, so what is sent is what we wrote.
const unknownType = 705;

/** A statement that is sent when it is awaited; see {@link readResult}. */
export function prepareQuery(sql: PostgresJsSql, { text, values }: DriverQuery): PostgresJsQuery {
  const typed = values.map((value) => (value === null ? null : sql.typed(written(value), unknownType)));
  // Unnamed: what postgres.js does when a name is refused hangs if other statements share the connection.
  return sql.unsafe(text, typed, { prepare: false }).raw() as PostgresJsQuery;
}

function written(value: unknown): unknown {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : value;
}

/** Rows in the words of the server, past every parser of the application. */
export function readResult(result: PostgresJsResult): DriverResult {
  const width = result.columns?.length ?? 0;
  return {
    rows: result.map((row) => cellsOf(row, width)),
    rowCount: result.count ?? 0,
    command: result.command,
  };
}

/** The application's `transform.row` has been at the row; one that keeps values as they are does no harm. */
function cellsOf(row: unknown, width: number): (string | null)[] {
  const cells: unknown[] = Array.isArray(row) ? row : Object.values(row ?? {});
  if (cells.length === width && cells.every(isCell)) {
    return cells.map((cell) => (cell === null ? null : cell.toString("utf8")));
  }
  throw new AuthError("configuration_invalid", {
    message:
      "The option transform.row of postgres.js changes our rows beyond recognition; lend a `sql` without it",
  });
}

function isCell(cell: unknown): cell is Buffer | null {
  return cell === null || Buffer.isBuffer(cell);
}

/** What postgres.js refuses to send; the connection stays. */
const refusals = new Set<unknown>([
  "COPY_IN_PROGRESS",
  "MAX_PARAMETERS_EXCEEDED",
  "MESSAGE_NOT_SUPPORTED",
  "NOT_TAGGED_CALL",
  "UNDEFINED_VALUE",
  "UNSAFE_TRANSACTION",
]);

/**
 * What a rejection means, in codes that PostgreSQL or Node have. Not the error itself: it carries the values of the
 * statement. `sent` is false where nothing of it can have been executed.
 */
export function explain(cause: unknown, { sent }: { readonly sent: boolean }): Error {
  if (cause instanceof AuthError) return cause;
  const { message, code, routine, ...rest } = cause as Record<string, unknown>;
  if (code === "CONNECTION_ENDED") {
    return new AuthError("database_closed", {
      message: "The application's `sql` was ended; no statement can be sent",
    });
  }
  const severity = rest["severity"] ?? rest["severity_local"];
  const coded = (by: unknown): Error =>
    Object.assign(new Error(String(message)), { code: by, routine, severity });
  if (severity === "ERROR" || refusals.has(code)) return coded(code);
  // The end of a connection reaches the statement on it as CONNECTION_CLOSED. A FATAL answer is one to the attempt to
  // connect, or is left over from the connection before: this statement was not sent.
  if (severity === undefined && sent) return coded("ECONNRESET");
  if (!/^(28|3D)/.test(String(code))) return coded("08001");
  return new AuthError("database_unavailable", {
    message: "No connection to the database could be made",
    cause: coded(code),
  });
}

/** True when nothing more may be sent to where this came from: postgres.js would end the process. */
export function endsConnection(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ECONNRESET" || code === "08001";
}
