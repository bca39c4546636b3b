import * as client from "oauth4webapi";
import { AuthError, isAuthError } from "../../../module.ts";

/** What a provider says when the person said no; the second is Apple's. */
const refusals = ["access_denied", "user_cancelled_authorize"];

/** Errors whose messages are fixed texts: ours, and those of `oauth4webapi`. */
const wordedHere = [
  "Error",
  "OperationProcessingError",
  "UnsupportedOperationError",
  "WWWAuthenticateChallengeError",
];

/**
 * Whatever went wrong with a provider, as the caller is told. The cause is put into words of ours: what the library
 * throws holds the answers, and with them tokens and addresses.
 */
export function toAuthError(thrown: unknown): AuthError {
  if (isAuthError(thrown)) return thrown;
  if (thrown instanceof client.AuthorizationResponseError && refusals.includes(thrown.error)) {
    return new AuthError("oauth.denied", { message: "The sign-in was not allowed at the provider" });
  }
  const message = "What the provider answered does not hold";
  return new AuthError("oauth.response_invalid", { message, cause: new Error(describe(thrown)) });
}

function describe(thrown: unknown): string {
  if (thrown instanceof client.AuthorizationResponseError || thrown instanceof client.ResponseBodyError) {
    // RFC 6749 section 5.2 codes; whatever else stands there is the provider's text.
    const code = /^[a-z_]{1,50}$/.test(thrown.error) ? thrown.error : "an error of its own";
    return `the provider answered ${code}`;
  }
  // Other messages can quote what was being read.
  const plain = thrown instanceof Error && wordedHere.includes(thrown.name);
  return plain ? thrown.message : `a ${thrown instanceof Error ? thrown.name : "failure without a name"}`;
}
