import type { AuthError } from "../../errors.ts";
import type { DialectName } from "../database.ts";

/** One statement on its way to a server. */
export interface DriverQuery {
  readonly text: string;
  readonly values: readonly unknown[];
  /** A server-side name; left out for an unnamed statement. */
  readonly name?: string;
  /** Allowed to take many times as long as a statement of a request: a schema change. */
  readonly patient?: boolean;
}

export interface DriverResult {
  readonly rows: readonly (readonly unknown[])[];
  readonly rowCount: number;
  /** The command tag (`COMMIT`, `ROLLBACK`, `SELECT`, ...), or empty where a driver hides it. */
  readonly command: string;
}

/** A connection for the length of one operation. */
export interface AsyncConnection {
  /** The same object for the same server session: what is known of the session hangs on it. */
  readonly session: object;
  /** The process id the server announced when the connection was made, or `null` where a driver hides it. */
  readonly announcedPid: number | null;
  /** Rejects with an error whose `code` is an SQLSTATE, a SQLite result code (`SQLITE_...`), or Node's. */
  query(query: DriverQuery): Promise<DriverResult>;
  /** Begins a transaction that names its isolation and access mode itself; on SQLite it takes the write lock. */
  begin(): Promise<void>;
  /** `false` when the database is known to have rolled back instead. */
  commit(): Promise<boolean>;
  rollback(): Promise<void>;
  /** Gives the connection back; a broken one is discarded. */
  release(state: "reusable" | "broken"): void;
}

/** The transaction statements of a driver that has no calls of its own for them. */
export function transactionByText(
  dialect: DialectName,
  query: (query: DriverQuery) => Promise<DriverResult>,
): Pick<AsyncConnection, "begin" | "commit" | "rollback"> {
  return {
    begin: () => query({ text: beginTexts[dialect], values: [] }).then(() => undefined),
    commit: () => query({ text: "commit", values: [] }).then(({ command }) => command !== "ROLLBACK"),
    rollback: () => query({ text: "rollback", values: [] }).then(() => undefined),
  };
}

/**
 * PostgreSQL: spelled out, so that a role or database with other defaults changes nothing about what our statements
 * see. SQLite: a transaction that begins by reading is refused for ever once another process has written.
 */
const beginTexts: Record<DialectName, string> = {
  postgres: "begin isolation level read committed read write",
  sqlite: "begin immediate",
};

/** The transaction state of a joined connection; `unknown` where a driver does not tell. */
export type TransactionState = "none" | "open" | "failed" | "unknown";

/** A connection inside somebody else's transaction. */
export interface JoinedConnection {
  readonly mode: "async";
  readonly dialect: DialectName;
  state(): TransactionState;
  query(query: DriverQuery): Promise<DriverResult>;
}

export interface ConnectionCounts {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

/** A driver whose calls are promises. */
export interface AsyncDriver {
  readonly mode: "async";
  readonly name: string;
  readonly dialect: DialectName;
  readonly native: unknown;
  /** Whether the driver can send server-side names, and its refusals can be recovered. */
  readonly names: boolean;
  /** Waits for a connection, but not for ever: `connection_timeout`. */
  acquire(): Promise<AsyncConnection>;
  counts(): ConnectionCounts;
  /** Asked once a pooler was found in between: what the package does wrong behind one that does not follow names. */
  refusesPooler?(): AuthError | null;
  /** Takes back whatever was attached to a borrowed handle; ends nothing. */
  detach(): void;
}

/** A SQLite driver whose calls return at once. */
export interface SyncDriver {
  readonly mode: "sync";
  readonly name: string;
  readonly dialect: "sqlite";
  readonly native: unknown;
  readonly inTransaction: boolean;
  readonly open: boolean;
  query(text: string, values: readonly unknown[]): DriverResult;
}
