import type { DatabaseFailure } from "./failure.ts";

/**
 * What a SQLite error means. Told apart by the primary result code, which every driver reports in its own
 * spelling: a name (better-sqlite3, libsql) or a number (node:sqlite's `errcode`).
 */
export function isSqliteBusy(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  if (typeof errcode === "number") return (errcode & 0xff) === 5;
  return typeof code === "string" && (code === "SQLITE_BUSY" || code.startsWith("SQLITE_BUSY_"));
}

/** True for an error of the SQLite library, false for one thrown by a script. */
export function isSqliteError(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" && (code.startsWith("SQLITE_") || code === "ERR_SQLITE_ERROR");
}

/** SQLite answers itself, so an error of its is never a lost connection; remote engines name theirs otherwise. */
export function classifySqliteError(error: unknown): DatabaseFailure {
  return { kind: isSqliteBusy(error) ? "busy" : "other" };
}
