import { AuthError, readEmailAddress } from "../../../module.ts";
import type { JsonObject, Profile } from "./provider.ts";

/** As much of a name as an account takes. */
const maximumNameLength = 200;
/** OpenID Connect Core 1.0 section 2: at most 255 characters. */
const maximumSubjectLength = 255;
// What a database may not store: control characters, and halves of surrogate pairs.
const unstorable = /[\p{Cc}\p{Cs}]+/gu;

/** What is read out of a provider's answer; checked and cut to size afterwards. */
export interface ProfileReading {
  /** The provider's own name for the account, a text or a whole number: never an address. */
  readonly subject: unknown;
  readonly email?: unknown;
  /** True only if the provider says that it proved the address. Default false. */
  readonly emailVerified?: boolean;
  readonly name?: unknown;
}

/** The profile that the claims of OpenID Connect Core 1.0 section 5.1 make. */
export function profileFromClaims(claims: JsonObject): Profile {
  const { sub, email, email_verified: emailVerified, name } = claims;
  return makeProfile({ subject: sub, email, emailVerified: emailVerified === true, name });
}

/**
 * Reads what a provider said, whatever it was.
 * @throws AuthError `oauth.response_invalid` without a subject
 */
export function makeProfile(told: ProfileReading): Profile {
  const email = readEmailAddress(told.email)?.address ?? null;
  return {
    subject: readSubject(told.subject),
    email,
    emailVerified: email !== null && told.emailVerified === true,
    name: readName(told.name),
  };
}

/** An object, or an empty one. */
export function asObject(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function readSubject(value: unknown): string {
  const text = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === "string" && text !== "" && text.length <= maximumSubjectLength) {
    if (text.search(unstorable) < 0) return text;
  }
  throw new AuthError("oauth.response_invalid", { message: "The provider did not say who it is" });
}

function readName(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const name = value.slice(0, maximumNameLength).replace(unstorable, " ").trim();
  return name === "" ? null : name;
}
