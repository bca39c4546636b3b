import { createClient, type Client } from "@libsql/client";
import Libsql from "libsql";
import { runSteps, runStepsAtOnce, type HostDatabase, type HostRow } from "wispy-auth/testing";
import type { DriverHandle } from "./driver-handles.ts";
import { findNodeSqlite, type NodeSqlite } from "./node-sqlite.ts";

const libsql: DriverHandle = {
  name: "libsql",
  dialect: "sqlite",
  opens: "path",
  async open(path) {
    const database = new Libsql(path);
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
      close: async () => void (database.open && database.close()),
    };
  },
};

const libsqlFile: DriverHandle = {
  name: "@libsql/client",
  dialect: "sqlite",
  opens: "path",
  open: async (path) => lendClient(createClient({ url: `file:${path}` })),
};

const libsqlMemory: DriverHandle = {
  name: "@libsql/client in memory",
  dialect: "sqlite",
  opens: "nothing",
  open: async () => lendClient(createClient({ url: ":memory:" })),
};

function lendClient(client: Client): HostDatabase {
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
    close: async () => client.close(),
  };
}

/** Only where this Node has it; test/drivers/node-sqlite.test.ts runs it on another. */
function nodeSqlite({ DatabaseSync }: NodeSqlite): DriverHandle {
  return {
    name: "node:sqlite",
    dialect: "sqlite",
    opens: "path",
    async open(path) {
      const database = new DatabaseSync(path);
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
