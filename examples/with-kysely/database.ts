import Database from "better-sqlite3";
import { Kysely, PostgresDialect, SqliteDialect } from "kysely";
import { mkdirSync } from "node:fs";
import pg from "pg";

export interface Schema {
  organisations: { name: string; owner_id: string };
}

export type Db = Kysely<Schema>;

/** PostgreSQL for a URL, a SQLite file without one. */
export function openDatabase(url: string | undefined): Db {
  return new Kysely({ dialect: url ? postgres(url) : sqlite() });
}

function postgres(url: string): PostgresDialect {
  const pool = new pg.Pool({ connectionString: url });
  // A connection that dies says so by an `error` event; where nobody listens, Node ends the process.
  pool.on("error", console.error);
  pool.on("connect", (client) => client.on("error", console.error));
  return new PostgresDialect({ pool });
}

function sqlite(): SqliteDialect {
  mkdirSync(".data", { recursive: true });
  const database = new Database(".data/with-kysely.db");
  database.pragma("journal_mode = WAL");
  return new SqliteDialect({ database });
}
