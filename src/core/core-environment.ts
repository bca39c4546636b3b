import type { Clock } from "../clock.ts";
import type { PasswordHasher } from "../crypto/password-hasher.ts";
import type { PasswordPolicy } from "../crypto/password-policy.ts";
import type { Database } from "../database/database.ts";
import type { IdSource, RandomSource } from "../ids.ts";
import type { CoreHooks } from "./hooks.ts";
import type { AccountTurns } from "./lockout/account-turns.ts";
import type { LockoutSettings } from "./lockout/lockout-settings.ts";
import type { SessionSettings } from "./sessions/session-settings.ts";

/** Something that went wrong without failing the call it happened in. Holds no secret and no e-mail address. */
export interface CoreIncident {
  readonly event: "session_refresh_failed" | "password_rehash_failed";
  readonly cause: unknown;
}

/** What the operations are made of; built once by `createEnvironment`. */
export interface CoreEnvironment {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly newId: IdSource;
  /** Its work passes through a bounded queue. */
  readonly hasher: PasswordHasher;
  readonly passwordPolicy: PasswordPolicy;
  readonly session: SessionSettings;
  readonly lockout: LockoutSettings;
  readonly turns: AccountTurns;
  /** What takes part in the operations besides the core. */
  readonly hooks: CoreHooks;
  readonly report: (incident: CoreIncident) => void;
}
