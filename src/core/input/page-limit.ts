import { AuthError } from "../../errors.ts";

const maximumLimit = 1000;

/** @throws AuthError `invalid_input` unless it is a whole number from 1 to 1000. */
export function parseLimit(value: number | undefined, defaultLimit: number): number {
  if (value === undefined) return defaultLimit;
  if (Number.isInteger(value) && value >= 1 && value <= maximumLimit) return value;
  throw new AuthError("invalid_input", {
    message: "limit is not valid",
    data: {
      issues: [{ path: "limit", message: `Must be a whole number from 1 to ${String(maximumLimit)}` }],
    },
  });
}
