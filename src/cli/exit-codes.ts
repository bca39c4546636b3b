import type { AnyErrorCode } from "../errors.ts";

/** How the process ends; a part of the public interface, see docs/cli.md. */
export const exitCodes = {
  ok: 0,
  /** The command could not do its work: no database, a refused statement, a failed migration. */
  failure: 1,
  /** The command line, the configuration file or the database URL is wrong. */
  usage: 2,
  /** Migrations are pending. */
  pending: 3,
  /** The tables, or the migrations applied to them, are not those of this version. */
  drift: 4,
  /** The database was migrated by a newer version that this one cannot work with. */
  newer: 5,
  /** Accounts were not adopted as they are, or would not be; or `--strict` kept all of it from being written. */
  heldBack: 6,
} as const;

const codesOfErrors: Partial<Record<AnyErrorCode, number>> = {
  configuration_invalid: exitCodes.usage,
  unsupported_handle: exitCodes.usage,
  schema_pending: exitCodes.pending,
  schema_drift: exitCodes.drift,
  migration_edited: exitCodes.drift,
  schema_newer: exitCodes.newer,
};

export function exitCodeOf(code: AnyErrorCode): number {
  return codesOfErrors[code] ?? exitCodes.failure;
}
