import type { DatabaseFailure } from "./failure.ts";

/** SQLITE_BUSY: another connection holds the lock. SQLITE_LOCKED: a statement under way on this one, or a shared cache, does. */
const busyNumbers = new Set([5, 6]);
const busyNames = /^SQLITE_(BUSY|LOCKED)(_|$)/;

/**
 * What a SQLite error means. Told apart by the primary result code, which every driver reports in its own
 * spelling: a name (better-sqlite3, libsql) or a number (node:sqlite's `errcode`).
 */
export function isSqliteBusy(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  if (typeof errcode === "number") return busyNumbers.has(errcode & 0xff);
  return typeof code === "string" && busyNames.test(code);
}

/** True for an error of the SQLite library, false for one thrown by a script. */
export function isSqliteError(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" && (code.startsWith("SQLITE_") || code === "ERR_SQLITE_ERROR");
}

/**
 * SQLite answers itself, so an error of its is never a lost connection; remote engines name theirs otherwise.
 * SQLITE_ABORT_ROLLBACK: the transaction was rolled back under the statement.
 */
export function classifySqliteError(error: unknown): DatabaseFailure {
  if (isSqliteBusy(error)) return { kind: "busy" };
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  return { kind: code === "SQLITE_ABORT_ROLLBACK" || errcode === 516 ? "conflict" : "other" };
}
