import { isAuthError } from "../errors.ts";

const maxAttempts = 3;

/**
 * Runs a write whose ids were made beforehand. When the connection is lost before the database confirms, the
 * outcome is looked up by those ids: found, it had happened; not found, it is run again. Running it again is
 * harmless even if the first one is still on its way, because both would write the same keys.
 */
export async function withKnownOutcome<T>(
  run: () => Promise<T>,
  lookUp: () => Promise<T | null>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isAuthError(error, "outcome_unknown")) throw error;
      const found = await lookUp();
      if (found !== null) return found;
      if (attempt === maxAttempts) throw error;
    }
  }
}

/**
 * Runs a write that may happen twice without harm again when its outcome is unknown. A reservation is one: at
 * worst an attempt counts twice, until the right password clears the count.
 */
export function withRepetition<T>(run: () => Promise<T>): Promise<T> {
  return withKnownOutcome(run, async () => null);
}
