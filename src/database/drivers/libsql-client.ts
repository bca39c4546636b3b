import { AuthError } from "../../errors.ts";
import type { Deadlines } from "./deadlines.ts";
import type { AsyncConnection, AsyncDriver, DriverQuery, DriverResult, JoinedConnection } from "./driver.ts";
import { askForeignKeys, requireForeignKeys } from "./foreign-keys.ts";
import { Turns } from "./turns.ts";

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
  rollback(): Promise<void>;
  /** Gives the connection back, rolling back what is open. */
  close(): void;
}

/** The parts of a `Client` of @libsql/client that are used. */
export interface LibsqlClient extends LibsqlExecutor {
  readonly closed: boolean;
  readonly protocol: string;
  transaction(mode: "write"): Promise<LibsqlTransaction>;
}

/**
 * Runs statements through a client on a local file or memory. The client gives every transaction a connection of its
 * own, and an in-memory database has one in all; a second write of ours would only find the file locked, and so our
 * operations take turns. Beneath its promises the client is synchronous: a turn costs no waiting.
 */
export function libsqlClientDriver(
  client: LibsqlClient,
  { acquireMilliseconds }: Pick<Deadlines, "acquireMilliseconds">,
): AsyncDriver {
  const turns = new Turns();
  return {
    mode: "async",
    name: "@libsql/client",
    dialect: "sqlite",
    native: client,
    names: false,
    async acquire() {
      const endTurn = await turns.take(acquireMilliseconds);
      if (!client.closed) return connectionOf(client, endTurn);
      endTurn();
      throw new AuthError("database_closed", { message: "The application's libSQL client was closed" });
    },
    counts: () => ({ open: 1, idle: turns.idle ? 1 : 0, waiting: turns.waiting, max: 1 }),
    detach: () => undefined,
  };
}

/** Runs statements in a transaction of the application. */
export function joinLibsqlTransaction(transaction: LibsqlTransaction): JoinedConnection {
  let checked: Promise<void> | undefined;
  return {
    mode: "async",
    dialect: "sqlite",
    state: () => (transaction.closed ? "none" : "open"),
    async query(query) {
      await (checked ??= checkForeignKeys(transaction));
      return send(transaction, query);
    },
  };
}

function connectionOf(client: LibsqlClient, endTurn: () => void): AsyncConnection {
  let transaction: LibsqlTransaction | undefined;
  const begin = async (): Promise<LibsqlTransaction> => {
    transaction = await coded(client.transaction("write"));
    await checkForeignKeys(transaction);
    return transaction;
  };
  const end = (): void => {
    const ended = transaction;
    transaction = undefined;
    ended?.close();
  };
  const commit = async (): Promise<boolean> => {
    // By text: the client's own `commit` rolls back what it could not commit, and a locked file may be tried again.
    await send(transaction!, { text: "commit", values: [] });
    end();
    return true;
  };
  return {
    session: client,
    announcedPid: null,
    async query(query) {
      if (transaction !== undefined) return send(transaction, query);
      if (onlyReads.test(query.text)) return send(client, query);
      try {
        const result = await send(await begin(), query);
        await commit();
        return result;
      } finally {
        end();
      }
    },
    begin: async () => void (await begin()),
    commit,
    rollback: async () => end(),
    release() {
      try {
        end();
      } finally {
        endTurn();
      }
    },
  };
}

const onlyReads = /^\s*(select|pragma)\b/i;

/** Each transaction may have a connection of its own, and each connection a setting of its own. */
async function checkForeignKeys(executor: LibsqlExecutor): Promise<void> {
  requireForeignKeys(await send(executor, askForeignKeys), "PRAGMA foreign_keys = ON on each connection");
}

async function send(executor: LibsqlExecutor, { text, values }: DriverQuery): Promise<DriverResult> {
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
