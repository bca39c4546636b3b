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
  /** The command tag: `COMMIT`, `ROLLBACK`, `SELECT`, ... */
  readonly command: string;
}

/** A connection for the length of one operation. */
export interface AsyncConnection {
  /** The same object for the same server session: what is known of the session hangs on it. */
  readonly session: object;
  /** The process id the server announced when the connection was made, or `null` where a driver hides it. */
  readonly announcedPid: number | null;
  query(query: DriverQuery): Promise<DriverResult>;
  /** Gives the connection back; a broken one is discarded. */
  release(state: "reusable" | "broken"): void;
}

/** The transaction state of a joined connection; `unknown` where a driver does not tell. */
export type TransactionState = "none" | "open" | "failed" | "unknown";

/** A connection inside somebody else's transaction. */
export interface JoinedConnection {
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
  /** Whether the driver can send server-side names. */
  readonly names: boolean;
  acquire(): Promise<AsyncConnection>;
  counts(): ConnectionCounts;
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
