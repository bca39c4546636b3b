import type { RateLimitOptions } from "wispy-auth/rate-limits";

/** The library's own limits. While developing, everybody is at one address, and what is counted by address is not. */
export function attemptLimits(isProduction: boolean): NonNullable<RateLimitOptions["limits"]> {
  if (isProduction) return {};
  const actions = ["signIn", "signUp", "passwordReset.request", "emailVerification.send", "default"];
  return Object.fromEntries(actions.map((action) => [action, { address: null }]));
}
