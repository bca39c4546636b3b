import { createClient, type Client, type InStatement } from "@libsql/client";
import Libsql from "libsql";
import { runSteps, runStepsAtOnce, type HostDatabase, type HostRow } from "wispy-auth/testing";
import type { DriverHandle, OpenOptions } from "./driver-handles.ts";
import { findNodeSqlite, type NodeSqlite } from "./node-sqlite.ts";
import { watchCalls, watchSqlite, watchStatements } from "./statement-watch.ts";

const libsql: DriverHandle = {
  name: "libsql",
  dialect: "sqlite",
  opens: "path",
  async open(path, { onStatement } = {}) {
    const database = new Libsql(path);
    const watch = watchStatements(onStatement);
    watchSqlite(database, watch);
    const query = (text: string): HostRow[] => {
      const statement = database.prepare(text);
      if (statement.reader) return statement.all() as HostRow[];
      statement.run();
      return [];
    };
    return {
      dialect: "sqlite",
      database,
      oneConnection: true,
      query: async (text) => query(text),
      inTransaction: async (steps) =>
        database.transaction(() => runStepsAtOnce(steps({ handle: database, query })))(),
      statementCount: watch.statementCount,
      close: async () => void (database.open && database.close()),
    };
  },
};

const libsqlFile: DriverHandle = {
  name: "@libsql/client",
  dialect: "sqlite",
  opens: "path",
  open: async (path, options) => lendClient(createClient({ url: `file:${path}` }), options),
};

const libsqlMemory: DriverHandle = {
  name: "@libsql/client in memory",
  dialect: "sqlite",
  opens: "nothing",
  open: async (_, options) => lendClient(createClient({ url: ":memory:" }), options),
};

function lendClient(client: Client, { onStatement }: OpenOptions = {}): HostDatabase {
  const watch = watchStatements(onStatement);
  watchClient(client, { note: watch.note, onStatement });
  return {
    dialect: "sqlite",
    database: client,
    // A file has one writer, and the client does not wait for it.
    oneConnection: true,
    query: async (text) => (await client.execute(text)).rows,
    async inTransaction(steps) {
      const transaction = await client.transaction("write");
      try {
        const query = async (text: string): Promise<HostRow[]> => (await transaction.execute(text)).rows;
        const value = await runSteps(steps({ handle: transaction, query }));
        await transaction.commit();
        return value;
      } finally {
        transaction.close();
      }
    },
    statementCount: watch.statementCount,
    close: async () => client.close(),
  };
}

/** Of `executeMultiple`, which takes and gives back the lock around a statement, nothing is counted. */
function watchClient(
  client: Client,
  { note, onStatement }: Pick<OpenOptions, "onStatement"> & { readonly note: (text: string) => void },
): void {
  const watch = (executor: object): void => {
    const textOf = (sent: unknown): string =>
      typeof sent === "string" ? sent : (sent as Exclude<InStatement, string>).sql;
    watchCalls(executor, { names: ["execute"], note: (sent) => note(textOf(sent)) });
    watchCalls(executor, { names: ["executeMultiple"], note: (text) => onStatement?.(String(text)) });
  };
  watch(client);
  const begin = client.transaction.bind(client);
  client.transaction = async (...given: Parameters<Client["transaction"]>) => {
    const transaction = await begin(...given);
    watch(transaction);
    return transaction;
  };
}

/** Only where this Node has it; test/drivers/node-sqlite.test.ts runs it on another. */
function nodeSqlite({ DatabaseSync }: NodeSqlite): DriverHandle {
  return {
    name: "node:sqlite",
    dialect: "sqlite",
    opens: "path",
    async open(path, { onStatement } = {}) {
      const database = new DatabaseSync(path);
      const watch = watchStatements(onStatement);
      watchSqlite(database, watch);
      const query = (text: string): HostRow[] => database.prepare(text).all();
      return {
        dialect: "sqlite",
        database,
        oneConnection: true,
        query: async (text) => query(text),
        async inTransaction(steps) {
          database.exec("begin");
          try {
            const value = runStepsAtOnce(steps({ handle: database, query }));
            database.exec("commit");
            return value;
          } finally {
            if (database.isTransaction) database.exec("rollback");
          }
        },
        statementCount: watch.statementCount,
        close: async () => void (database.isOpen && database.close()),
      };
    },
  };
}

const available = findNodeSqlite();

/** SQLite, but for better-sqlite3. */
export const sqliteDriverHandles: readonly DriverHandle[] = [
  libsql,
  libsqlFile,
  libsqlMemory,
  ...(available === null ? [] : [nodeSqlite(available)]),
];

/** @throws Error if there is no such driver, or none here */
export function sqliteDriverHandle(name: string): DriverHandle {
  const found = sqliteDriverHandles.find((handle) => handle.name === name);
  if (found === undefined) throw new Error(`This Node.js has no ${name}`);
  return found;
}
