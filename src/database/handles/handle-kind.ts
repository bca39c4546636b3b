import type { Deadlines } from "../drivers/deadlines.ts";
import type { AsyncDriver, JoinedConnection, SyncDriver } from "../drivers/driver.ts";

/** What a transaction of the application becomes: usable at once (synchronous SQLite), or a connection to await. */
export type Joining = SyncDriver | JoinedConnection | Promise<JoinedConnection>;

/** A handle that another one wraps: it is recognised in its turn. */
export interface Beneath {
  readonly beneath: unknown;
}

/** What `createAuth({ database })` takes. */
export interface DatabaseKind {
  /** As a developer would call it: "a pg.Pool". */
  readonly words: string;
  recognises(handle: object): boolean;
  /**
   * The driver that runs our statements on it, loaded when it is needed.
   * @throws AuthError `configuration_invalid` for a handle whose settings cannot work
   */
  open(handle: object, deadlines: Deadlines): Promise<AsyncDriver | SyncDriver | Beneath>;
}

/** What `auth.within()` takes. */
export interface TransactionKind {
  /** As a developer would call it: "a pg client that sent BEGIN". */
  readonly words: string;
  recognises(handle: object): boolean;
  /** Synchronous, because joined operations on a synchronous handle give their values at once. */
  join(handle: object): Joining | Beneath;
}

/**
 * The handles of one package. They are told by their shape, so that none of the packages is a dependency; nothing is
 * called on a handle before it is recognised.
 */
export interface HandleKind {
  readonly databases: readonly DatabaseKind[];
  readonly transactions: readonly TransactionKind[];
}
