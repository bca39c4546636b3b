import type { DriverQuery, DriverResult } from "./driver.ts";

interface LibsqlResult {
  readonly columns: readonly string[];
  /** By name; the places are there as well, but cannot be enumerated. */
  readonly rows: readonly ArrayLike<unknown>[];
  readonly rowsAffected: number;
}

interface LibsqlExecutor {
  execute(statement: { readonly sql: string; readonly args: readonly unknown[] }): Promise<LibsqlResult>;
}

/** The parts of a `Transaction` of @libsql/client that are used. */
export interface LibsqlTransaction extends LibsqlExecutor {
  /** True as well once SQLite has rolled back by itself. */
  readonly closed: boolean;
  executeMultiple(text: string): Promise<void>;
  /** Gives the connection back, rolling back what is open. */
  close(): void;
}

/** The parts of a `Client` of @libsql/client that are used. */
export interface LibsqlClient extends LibsqlExecutor {
  readonly closed: boolean;
  readonly protocol: string;
  transaction(mode: "deferred"): Promise<LibsqlTransaction>;
}

/**
 * Begins a transaction that holds the write lock.
 *
 * A statement of libSQL's that found the file locked stays under way until it is collected as garbage, and every COMMIT
 * on its connection is refused meanwhile ("SQL statements in progress"). So BEGIN IMMEDIATE is no statement of the
 * client's, but goes through `executeMultiple`, which leaves nothing behind; a deferred BEGIN meets no lock. The COMMIT
 * before it tells of a connection on which the application has left such a statement: it is held until another is found.
 */
export async function beginImmediate(client: LibsqlClient): Promise<LibsqlTransaction> {
  const unusable: LibsqlTransaction[] = [];
  try {
    for (;;) {
      const transaction = await coded(client.transaction("deferred"));
      try {
        await coded(transaction.executeMultiple("commit; begin immediate"));
        return transaction;
      } catch (error) {
        if (transaction.closed) {
          transaction.close();
          throw error;
        }
        unusable.push(transaction);
      }
    }
  } finally {
    for (const transaction of unusable) transaction.close();
  }
}

/** The client's own `commit` rolls back what it could not commit; after this one a locked file may be tried again. */
export async function commit(transaction: LibsqlTransaction): Promise<void> {
  await coded(transaction.executeMultiple("commit"));
  transaction.close();
}

/**
 * A lone read. With a rollback journal it may find the file locked, and is then to leave nothing behind either: the lock
 * is taken before it.
 */
export async function read(client: LibsqlClient, query: DriverQuery): Promise<DriverResult> {
  const transaction = await coded(client.transaction("deferred"));
  try {
    await coded(transaction.executeMultiple("select 1 from sqlite_schema limit 1"));
    const result = await send(transaction, query);
    await commit(transaction);
    return result;
  } finally {
    transaction.close();
  }
}

export async function send(executor: LibsqlExecutor, { text, values }: DriverQuery): Promise<DriverResult> {
  const { columns, rows, rowsAffected } = await coded(executor.execute({ sql: text, args: values }));
  return {
    rows: rows.map((row) => Array.from(row)),
    rowCount: columns.length > 0 ? rows.length : rowsAffected,
    command: "",
  };
}

/** The client's own codes. All of them mean that nothing was kept of what was asked. */
const meanings: Readonly<Record<string, string>> = {
  // Every connection is held by transactions of the application; an in-memory database has one.
  TRANSACTION_ACTIVE: "SQLITE_BUSY",
  TRANSACTION_CLOSED: "SQLITE_ABORT_ROLLBACK",
  CLIENT_CLOSED: "SQLITE_ABORT_ROLLBACK",
};

/** Gives errors of the client itself, which have codes of its own or none, a code of SQLite's. */
async function coded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === "string" && code.startsWith("SQLITE_")) throw cause;
    const error = new Error("The libSQL client did not run a statement", { cause });
    throw Object.assign(error, { code: meanings[String(code)] ?? "SQLITE_MISUSE" });
  }
}
