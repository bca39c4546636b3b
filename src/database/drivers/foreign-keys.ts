import { AuthError, isAuthError } from "../../errors.ts";
import type { AsyncDriver, DriverResult, SyncDriver } from "./driver.ts";

/** Not a setting of the file: each connection has its own. */
export const askForeignKeys = { text: "PRAGMA foreign_keys", values: [] } as const;

/**
 * Reads the answer to {@link askForeignKeys}. Without foreign keys the sessions of a deleted user would stay; a handle
 * that was lent is not set right by us.
 * @throws AuthError `configuration_invalid`
 */
export function requireForeignKeys({ rows }: DriverResult, remedy: string): void {
  if (Number(rows[0]?.[0]) === 1) return;
  throw new AuthError("configuration_invalid", {
    message: `Foreign keys are off on this SQLite handle; run ${remedy} before createAuth`,
  });
}

/** The driver, once foreign keys are known to be on. A handle that is closed already is told of by the first operation. */
export function withForeignKeys(driver: SyncDriver, remedy: string): SyncDriver {
  if (!driver.open) return driver;
  try {
    requireForeignKeys(driver.query(askForeignKeys.text, askForeignKeys.values), remedy);
    return driver;
  } catch (cause) {
    throw noAnswer(cause);
  }
}

/** The same for a driver whose calls are promises. */
export async function withForeignKeysLater(driver: AsyncDriver, remedy: string): Promise<AsyncDriver> {
  const connection = await driver.acquire();
  try {
    requireForeignKeys(await connection.query(askForeignKeys), remedy);
    return driver;
  } catch (cause) {
    throw noAnswer(cause);
  } finally {
    connection.release("reusable");
  }
}

/** For an error of the first questions to a handle, before there is an operation to fail. */
export function noAnswer(cause: unknown): AuthError {
  if (isAuthError(cause)) return cause;
  return new AuthError("database_unavailable", { message: "The SQLite handle did not answer", cause });
}
