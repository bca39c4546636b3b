import type Database from "better-sqlite3";
import type pg from "pg";

/** An application's handle that fails at a chosen query of ours, once. */
export interface FaultyHandle {
  readonly native: pg.Pool | Database.Database;
  /** For the application's own use: a connection whose queries of ours fail, though getting it never does. */
  connect(): Promise<pg.PoolClient>;
  /** The ways in which a query can fail here. */
  readonly ways: readonly string[];
  /** From now on the `at`-th query of ours fails. */
  arm(way: string, at: number): void;
  /** Ends it. True if there were as many queries, so that one failed. */
  disarm(): boolean;
  /** What is still held though nothing is under way; "" if nothing. */
  heldAtRest(): string;
}

/** Counts queries and says when it is time. */
class Fuse {
  #way: string | null = null;
  #left = 0;
  #blown = false;

  arm(way: string, at: number): void {
    this.#way = way;
    this.#left = at;
    this.#blown = false;
  }

  disarm(): boolean {
    this.#way = null;
    return this.#blown;
  }

  /** The way in which the query that begins now has to fail, if it has. */
  next(ways: readonly string[]): string | null {
    if (this.#way === null || this.#blown || !ways.includes(this.#way)) return null;
    this.#left -= 1;
    if (this.#left > 0) return null;
    this.#blown = true;
    return this.#way;
  }
}

const coded = (code: string): Error => Object.assign(new Error("A failure made by the test"), { code });

const queryFaults: Readonly<
  Record<string, (client: pg.PoolClient, execute: () => Promise<unknown>) => Promise<never>>
> = {
  refused: () => Promise.reject(coded("XX000")),
  "conflicting with another": () => Promise.reject(coded("40001")),
  "cut off before it was sent": async (client) => {
    await breakOff(client);
    throw new Error("Connection terminated unexpectedly");
  },
  "cut off after it was done": async (client, execute) => {
    await execute();
    await breakOff(client);
    throw new Error("Connection terminated unexpectedly");
  },
};
const withoutConnection = "without a connection";

/** The pool with `connect` and the clients' `query` wrapped; what the application sends itself passes. */
export function faultyPool(pool: pg.Pool): FaultyHandle {
  const fuse = new Fuse();
  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>;
  const wrapped = new WeakSet<pg.PoolClient>();
  const take = async (): Promise<pg.PoolClient> => {
    const client = await connect();
    if (!wrapped.has(client)) {
      wrapped.add(client);
      wrapQuery(client, fuse);
    }
    return client;
  };
  pool.connect = (async () => {
    if (fuse.next([withoutConnection]) !== null) throw coded("ECONNREFUSED");
    return take();
  }) as typeof pool.connect;
  return {
    native: pool,
    connect: take,
    ways: [...Object.keys(queryFaults), withoutConnection],
    arm: (way, at) => fuse.arm(way, at),
    disarm: () => fuse.disarm(),
    heldAtRest: () =>
      pool.totalCount === pool.idleCount && pool.waitingCount === 0
        ? ""
        : `${String(pool.totalCount - pool.idleCount)} connections`,
  };
}

function wrapQuery(client: pg.PoolClient, fuse: Fuse): void {
  const query = client.query.bind(client) as (sent: unknown, ...rest: unknown[]) => Promise<unknown>;
  client.query = ((sent: unknown, ...rest: unknown[]) => {
    const execute = (): Promise<unknown> => query(sent, ...rest);
    // Rows as arrays are what wispy-auth asks for, and these tests' application does not.
    const ours = typeof sent === "object" && sent !== null && "rowMode" in sent;
    const way = ours ? fuse.next(Object.keys(queryFaults)) : null;
    return way === null ? execute() : queryFaults[way]!(client, execute);
  }) as typeof client.query;
}

function breakOff(client: pg.PoolClient): Promise<void> {
  const ended = new Promise<void>((resolve) => void client.once("end", () => resolve()));
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  return ended;
}

const statementFaults: Readonly<
  Record<string, (handle: Database.Database, execute: () => unknown) => never>
> = {
  "refused by the disk": () => {
    throw coded("SQLITE_IOERR");
  },
  "refused by the disk after it was done": (_, execute) => {
    execute();
    throw coded("SQLITE_IOERR");
  },
  "meeting a locked file": () => {
    throw coded("SQLITE_BUSY");
  },
  // A full disk ends the transaction by itself.
  "meeting a full disk": (handle) => {
    if (handle.inTransaction) handle.exec("rollback");
    throw coded("SQLITE_FULL");
  },
};

/** The handle with its statements wrapped; `exec`, which wispy-auth does not use, passes. */
export function faultySqlite(handle: Database.Database): FaultyHandle {
  const fuse = new Fuse();
  const ways = Object.keys(statementFaults);
  const prepare = handle.prepare.bind(handle) as (text: string) => Database.Statement;
  handle.prepare = ((text: string) => {
    const statement = prepare(text);
    for (const method of ["all", "run"] as const) {
      const execute = statement[method].bind(statement) as (...values: unknown[]) => unknown;
      statement[method] = ((...values: unknown[]) => {
        const way = fuse.next(ways);
        if (way === null) return execute(...values);
        return statementFaults[way]!(handle, () => execute(...values));
      }) as never;
    }
    return statement;
  }) as typeof handle.prepare;
  return {
    native: handle,
    connect: () => Promise.reject(new Error("This handle is SQLite.")),
    ways,
    arm: (way, at) => fuse.arm(way, at),
    disarm: () => fuse.disarm(),
    heldAtRest: () => (handle.inTransaction ? "an open transaction" : ""),
  };
}
