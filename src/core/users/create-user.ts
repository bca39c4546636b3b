import { parsePasswordHash } from "../../crypto/parse-password-hash.ts";
import type { TransactionScript } from "../../database/script.ts";
import { AuthError } from "../../errors.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { insertCredential } from "../credentials/credential-statements.ts";
import { unknownClient } from "../input/client-details.ts";
import { parseEmailAddress } from "../input/email-address.ts";
import { parsePlainText } from "../input/plain-text.ts";
import { readPreparedPassword, type PreparedPassword } from "../prepared-password.ts";
import { maximumNameLength } from "../sign-up/prepare-sign-up.ts";
import { userExists } from "../sign-up/sign-up.ts";
import type { User } from "../user.ts";
import { changeEvent } from "./user-scripts.ts";
import { insertUser } from "./user-statements.ts";

export interface CreateUserInput {
  readonly email: string;
  readonly name?: string | null;
  /** True if it is known that the address is theirs. Default false. */
  readonly emailVerified?: boolean;
  /** Without a password or a hash the account has no password and cannot be signed in to with one. */
  readonly password?: string | PreparedPassword;
  /** A hash from elsewhere (argon2, bcrypt, scrypt, pbkdf2); upgraded at the first sign-in. */
  readonly passwordHash?: string;
}

/**
 * A user, perhaps with a password, and the event. The input is read when the script is made.
 * @throws AuthError `invalid_input`, `user_exists` (the transaction stays usable)
 */
export function createUserScript(
  environment: CoreEnvironment,
  input: CreateUserInput & { readonly password?: PreparedPassword },
): TransactionScript<User> {
  const now = environment.clock.now();
  const email = parseEmailAddress(input.email);
  const name = parsePlainText(input.name, { path: "name", maxLength: maximumNameLength });
  const passwordHash = readHash(input);
  const id = environment.newId(now);
  const emailVerifiedAt = input.emailVerified === true ? now : null;
  const row = { id, email: email.address, name, emailVerifiedAt, createdAt: now, updatedAt: now };
  const head = insertUser.with({ ...row, emailCanonical: email.canonical });
  const credential = passwordHash !== null && {
    userId: id,
    passwordHash,
    createdAt: now,
    updatedAt: now,
  };
  const event = changeEvent(environment, { type: "user.created", userId: id, now });
  const rest = credential ? [insertCredential.with(credential), event] : [event];
  const user: User = { ...row, disabledAt: null };
  return function* (tx) {
    if ((yield* tx.chain(head, rest)) === null) throw userExists();
    for (const hook of environment.hooks.userCreated) {
      yield* hook({ user, client: unknownClient, by: "application" })(tx);
    }
    return user;
  };
}

function readHash({
  password,
  passwordHash,
}: {
  readonly password?: PreparedPassword;
  readonly passwordHash?: string;
}): string | null {
  if (password !== undefined && passwordHash !== undefined) {
    throw invalid("Give either a password or a passwordHash");
  }
  if (password !== undefined) return readPreparedPassword(password);
  if (passwordHash === undefined) return null;
  if (typeof passwordHash === "string" && parsePasswordHash(passwordHash) !== null) return passwordHash;
  throw invalid("Must be an argon2, bcrypt, scrypt or pbkdf2 hash in a known form and of bounded cost");
}

function invalid(message: string): AuthError {
  return new AuthError("invalid_input", {
    message: "passwordHash is not valid",
    data: { issues: [{ path: "passwordHash", message }] },
  });
}
