import type { Clock } from "./clock.ts";
import type { Module } from "./contract/module.ts";
import type { LockoutOptions } from "./core/lockout/lockout-settings.ts";
import type { SessionOptions } from "./core/sessions/session-settings.ts";
import type { PasswordHasher } from "./crypto/password-hasher.ts";
import type { PasswordPolicyOptions } from "./crypto/password-policy.ts";
import type { StatementsMode } from "./database/database.ts";
import type { NamespaceOption } from "./database/namespace.ts";
import type { PoolLimits } from "./database/pool-limits.ts";
import type { HttpOptions } from "./http/http-settings.ts";
import type { RandomSource } from "./ids.ts";
import type { Log } from "./log.ts";

/** What `createAuth` takes. Only `database` is required. */
export interface AuthOptions<
  Native = unknown,
  Modules extends readonly Module[] = readonly Module[],
> extends HttpOptions {
  /**
   * The application's own handle: a `pg.Pool`, a better-sqlite3 `Database`, a `Kysely`, and whatever else
   * docs/databases.md lists. It is borrowed: never closed, never reconfigured. Or a URL (`postgres://...`,
   * `sqlite:./app.db`, `sqlite::memory:`), which is opened once per process and closed by its last user.
   */
  readonly database: Native | string;
  /** Parts that bring tables, operations and routes of their own; they share the handle, the ledger and the transactions. */
  readonly modules?: Modules;
  /** Where our tables live. Default `"wispy"`: a schema of that name on PostgreSQL, the prefix `wispy_` on SQLite. */
  readonly namespace?: NamespaceOption;
  /**
   * `auto` (default) brings the tables up to date; `verify` only checks and throws `schema_pending` or
   * `schema_drift`; `off` does neither.
   */
  readonly migrate?: "auto" | "verify" | "off";
  /** Start although the tables are newer than this code knows. Default false. */
  readonly allowNewerSchema?: boolean;
  /** Server-side statement names on PostgreSQL. `auto` (default) uses them on direct connections only. */
  readonly statements?: StatementsMode;
  /** Limits of a pool that is opened for a URL. A borrowed pool keeps its own. */
  readonly pool?: PoolLimits;
  /**
   * Signs what leaves the house and comes back, such as a referral cookie, and seals what is secret at rest; only some
   * modules need it. At least 32 bytes. To change it, put the new one before the old: the first signs and seals, all
   * verify and open.
   */
  readonly secret?: string | readonly string[];
  readonly session?: SessionOptions;
  readonly lockout?: LockoutOptions;
  readonly password?: PasswordPolicyOptions & {
    /** Default: Argon2id with 19 MiB, 2 passes, 1 lane (OWASP Password Storage), older hashes upgraded at sign-in. */
    readonly hasher?: PasswordHasher;
  };
  /** Decides expiry, lockout and every timestamp. Default: the system's clock. */
  readonly clock?: Clock;
  /** Fills arrays with random bytes for ids and tokens. Default: `node:crypto`. */
  readonly random?: RandomSource;
  /** Takes what the operator should know of. Default: standard error. */
  readonly log?: Log;
}
