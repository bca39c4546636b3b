import type { RefusalClass } from "../execution/naming.ts";
import { classifyPostgresError } from "./postgres-errors.ts";
import { classifySqliteError, isSqliteError } from "./sqlite-errors.ts";

/**
 * What an error from a driver means for the operation it ended.
 * - `refused`: a named statement was turned away before it ran.
 * - `conflict`: serialization failure or deadlock; the transaction is rolled back and may run again.
 * - `busy`: a lock was not free; the statement did not happen, and the transaction still stands.
 * - `unavailable`: no connection was made; nothing was sent.
 * - `lost`: the connection ended under the operation; what was sent may or may not have happened.
 * - `other`: the database answered; the statement did not happen.
 */
export type DatabaseFailure =
  | {
      readonly kind: "refused";
      readonly refusal: RefusalClass;
      readonly known: boolean;
      readonly fatal: boolean;
    }
  | { readonly kind: "conflict" | "busy" | "unavailable" | "lost" | "other" };

/**
 * Told by code alone: SQLSTATE, SQLite's result code, or Node's. A driver whose errors carry codes of its own
 * gives them one of these before it throws.
 */
export function classifyFailure(error: unknown): DatabaseFailure {
  return isSqliteError(error) ? classifySqliteError(error) : classifyPostgresError(error);
}
