import type { TransactionScript } from "./script.ts";
import type { AnyStatement } from "./statements/compile.ts";
import type { Statement } from "./statements/statement.ts";

export type DialectName = "postgres" | "sqlite";

/**
 * Where our tables live. PostgreSQL: a schema of our own, and a prefix if the schema is shared. SQLite: a
 * table prefix. Any legal identifier; odd ones are quoted.
 */
export interface Namespace {
  /** PostgreSQL schema. Ignored on SQLite. */
  readonly schema: string;
  /** Put before every table name. */
  readonly prefix: string;
}

/** How statements are sent to PostgreSQL; SQLite has no names. `auto`: named where that is safe. */
export type StatementsMode = "auto" | "named" | "unnamed";

export interface TransactionOptions {
  /** The script yields one step and no more: on PostgreSQL it is then sent without BEGIN and COMMIT. */
  readonly singleStep?: boolean;
  /** Errors, besides serialization failures, deadlocks and refused statements, after which to start again. */
  readonly retryOn?: (error: unknown) => boolean;
  /** Attempts in all. Default 4. */
  readonly maxAttempts?: number;
}

/** A snapshot of the handle, for health pages and `doctor`. */
export interface DatabaseStats {
  readonly dialect: DialectName;
  readonly driver: string;
  readonly ownership: "owned" | "borrowed";
  /**
   * Connections of the handle's pool; for a single connection or SQLite, 1 of 1. Where a handle keeps its pool to
   * itself, `open` and `waiting` count what wispy-auth uses and waits for, and `max` is 0.
   */
  readonly connections: {
    readonly open: number;
    readonly idle: number;
    readonly waiting: number;
    readonly max: number;
  };
  /** `undetermined` until the first connection was looked at. */
  readonly pooler: "undetermined" | "none" | "present";
  /** Why statements are named or not. */
  readonly naming: "named" | "unnamed" | "disabled_after_refusals";
  readonly statements: {
    readonly named: number;
    readonly unnamed: number;
    /** Refusals the caller never saw, by class. */
    readonly recovered: { readonly plan: number; readonly name: number; readonly pooler: number };
    readonly transactionReplays: number;
  };
}

/** Runs scripts inside a transaction somebody else began and will end. */
export interface JoinedDatabase {
  /** True when `run` gives its value at once (synchronous SQLite), false when it gives a promise. */
  readonly synchronous: boolean;
  run<T>(script: TransactionScript<T>): T | Promise<T>;
}

/** The one handle: the application's own, or one we opened for a URL. */
export interface Database<Native = unknown> {
  readonly dialect: DialectName;
  readonly namespace: Namespace;
  /** The handle itself, for the application's own statements. */
  readonly native: Native;

  /**
   * A table of ours, qualified and quoted, for SQL of the application's own: `references ${auth.database.table("users")} (id)`.
   * `name` is without prefix. Nothing is looked up.
   */
  table(name: string): string;

  /**
   * Compiles statements ahead of their first use.
   * @throws AuthError `statement_invalid` for one id with two texts
   */
  register(statements: readonly AnyStatement[]): void;

  one<P, R>(statement: Statement<P, R>, params: P): Promise<R>;
  maybeOne<P, R>(statement: Statement<P, R>, params: P): Promise<R | null>;
  many<P, R>(statement: Statement<P, R>, params: P): Promise<readonly R[]>;
  run<P, R>(statement: Statement<P, R>, params: P): Promise<number>;

  /** Runs the script in a transaction of its own and commits; any error rolls back and is thrown. */
  transaction<T>(script: TransactionScript<T>, options?: TransactionOptions): Promise<T>;

  /**
   * The same statements inside the caller's open transaction, on the caller's handle.
   * @throws AuthError `unsupported_handle`, `transaction_required`
   */
  within(handle: unknown): JoinedDatabase;

  /**
   * One statement as text, in autocommit; rows as arrays. For the schema manager's catalogue queries. Each output
   * has a name of its own, since some handles hand rows over as objects, and is read whatever a driver makes of it.
   */
  query(text: string, values?: readonly unknown[]): Promise<readonly (readonly unknown[])[]>;

  /**
   * A catalogue query whose first output on PostgreSQL is `pg_backend_pid()`: the handle learns from it
   * whether a pooler is in between, and with that whether statements may be named.
   */
  inspect(text: string, values?: readonly unknown[]): Promise<readonly (readonly unknown[])[]>;

  stats(): DatabaseStats;
  /** Stops new work, waits for what is under way, and ends the handle if it is ours. Safe to call again. */
  close(): Promise<void>;
}
