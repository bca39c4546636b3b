import Database from "better-sqlite3";
import { mkdirSync } from "node:fs";
import pg from "pg";

export interface OpenedDatabase {
  readonly database: pg.Pool | Database.Database;
  close(): Promise<void>;
}

/** PostgreSQL for a URL, a SQLite file without one. */
export function openDatabase(url: string | undefined): OpenedDatabase {
  return url ? openPostgres(url) : openSqlite(".data/custom-module.db");
}

function openPostgres(url: string): OpenedDatabase {
  const pool = new pg.Pool({ connectionString: url });
  // A connection that dies says so by an `error` event; where nobody listens, Node ends the process.
  pool.on("error", console.error);
  pool.on("connect", (client) => client.on("error", console.error));
  return { database: pool, close: () => pool.end() };
}

function openSqlite(file: string): OpenedDatabase {
  mkdirSync(".data", { recursive: true });
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  return { database, close: async () => void database.close() };
}
