import { isAuthError } from "../errors.ts";

const maxAttempts = 3;

/**
 * Runs a write whose ids were made beforehand. When the connection is lost before the database confirms, the
 * outcome is looked up by those ids: found, it had happened; not found, it is run again. Running it again is
 * harmless even if the first one is still on its way, because both would write the same keys.
 * @throws AuthError `outcome_unknown` if the database cannot be reached to find out
 */
export async function withKnownOutcome<T>(
  run: () => Promise<T>,
  lookUp: () => Promise<T | null>,
): Promise<T> {
  let unknown: unknown;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isAuthError(error, "outcome_unknown")) throw verdictOf(error, unknown);
      unknown = error;
    }
    const found = await lookUp().catch((error: unknown) => {
      throw verdictOf(error, unknown);
    });
    if (found !== null) return found;
    if (attempt === maxAttempts) throw unknown;
  }
}

/** That the database cannot be reached any more says nothing of what was sent before. */
function verdictOf(error: unknown, unknown: unknown): unknown {
  const unreachable = isAuthError(error, "database_unavailable") || isAuthError(error, "connection_timeout");
  return unreachable && unknown !== undefined ? unknown : error;
}

/**
 * Runs a write that may happen twice without harm again when its outcome is unknown. A reservation is one: at
 * worst an attempt counts twice, until the right password clears the count.
 */
export function withRepetition<T>(run: () => Promise<T>): Promise<T> {
  return withKnownOutcome(run, async () => null);
}
