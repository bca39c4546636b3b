import type { Clock } from "../clock.ts";
import { createHashQueue, queuedHasher } from "../crypto/hash-queue.ts";
import { argon2idHasher, type PasswordHasher } from "../crypto/password-hasher.ts";
import { createPasswordPolicy, type PasswordPolicyOptions } from "../crypto/password-policy.ts";
import type { Database } from "../database/database.ts";
import { createIdSource, type RandomSource } from "../ids.ts";
import type { CoreEnvironment, CoreIncident } from "./core-environment.ts";
import { noHooks, type CoreHooks } from "./hooks.ts";
import { createAccountTurns } from "./lockout/account-turns.ts";
import { resolveLockoutSettings, type LockoutOptions } from "./lockout/lockout-settings.ts";
import { resolveSessionSettings, type SessionOptions } from "./sessions/session-settings.ts";

export interface CoreOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly session?: SessionOptions | undefined;
  readonly lockout?: LockoutOptions | undefined;
  readonly password?: (PasswordPolicyOptions & { readonly hasher?: PasswordHasher }) | undefined;
  readonly hooks?: CoreHooks | undefined;
  /** Takes what went wrong without failing a call. */
  readonly report: (incident: CoreIncident) => void;
}

/**
 * What the operations are made of. Reads nothing and writes nothing.
 * @throws AuthError `configuration_invalid`
 */
export function createEnvironment(options: CoreOptions): CoreEnvironment {
  const { database, clock, random, report } = options;
  const { hasher = argon2idHasher({ random }), ...policy } = options.password ?? {};
  return {
    database,
    clock,
    random,
    newId: createIdSource(random),
    hasher: queuedHasher(hasher, createHashQueue()),
    passwordPolicy: createPasswordPolicy(policy),
    session: resolveSessionSettings(options.session),
    lockout: resolveLockoutSettings(options.lockout),
    turns: createAccountTurns(),
    hooks: options.hooks ?? noHooks,
    report,
  };
}
