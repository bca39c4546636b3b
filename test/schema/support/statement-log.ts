import Database from "better-sqlite3";
import pg from "pg";
import { postgresUrl, type PostgresAddress } from "../../support/postgres-server.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";
import type { TestDatabase } from "../../support/test-database.ts";

/** A host's handle that shows every statement sent through it. */
export interface StatementLog {
  readonly native: pg.Pool | Database.Database;
  /** In the order sent, over all connections. */
  statements(): readonly string[];
  /** How often something was sent and waited for; `null` on SQLite, which has no wire. */
  roundTrips(): number | null;
  reset(): void;
  close(): Promise<void>;
}

/** Opens a handle on `database`: PostgreSQL through a proxy that reads the wire, SQLite with the driver's own trace. */
export function openStatementLog(database: TestDatabase, server: PostgresAddress): Promise<StatementLog> {
  return database.dialect === "postgres" ? logPostgres(database, server) : logSqlite(database);
}

async function logPostgres(database: TestDatabase, server: PostgresAddress): Promise<StatementLog> {
  const proxy = await startTcpProxy(server);
  const native = new pg.Pool({ connectionString: postgresUrl(proxy, database.name) });
  native.on("error", () => undefined);
  return {
    native,
    statements: () =>
      proxy
        .requests()
        .filter(({ kind }) => kind !== "parse")
        .map(({ text }) => text),
    roundTrips: () => proxy.roundTrips(),
    reset: () => proxy.reset(),
    async close() {
      await native.end();
      await proxy.stop();
    },
  };
}

async function logSqlite(database: TestDatabase): Promise<StatementLog> {
  let statements: string[] = [];
  const native = new Database(database.name, { verbose: (text) => void statements.push(String(text)) });
  return {
    native,
    statements: () => statements,
    roundTrips: () => null,
    reset: () => void (statements = []),
    close: async () => void native.close(),
  };
}
