import Database from "better-sqlite3";
import { mkdirSync } from "node:fs";
import { DataSource } from "typeorm";
import type { AuthOptions } from "wispy-auth";
import { organisations } from "./organisation.ts";

export interface OpenedDatabase {
  readonly source: DataSource;
  /** What wispy-auth works on. */
  readonly handle: AuthOptions["database"];
  close(): Promise<void>;
}

/** PostgreSQL for a URL, a SQLite file without one. */
export function openDatabase(url: string | undefined): Promise<OpenedDatabase> {
  return url ? openPostgres(url) : openSqlite(".data/with-typeorm.db");
}

async function openPostgres(url: string): Promise<OpenedDatabase> {
  const source = new DataSource({ type: "postgres", url, entities: [organisations] });
  await source.initialize();
  return { source, handle: source, close: () => source.destroy() };
}

/**
 * On SQLite, all of TypeORM shares one connection, and whatever is sent while a transaction is open ends up in it. So
 * wispy-auth gets a handle of its own on the same file. It waits for TypeORM's transactions by itself, without
 * blocking: `timeout: 0`.
 */
async function openSqlite(file: string): Promise<OpenedDatabase> {
  mkdirSync(".data", { recursive: true });
  const handle = new Database(file, { timeout: 0 });
  handle.pragma("journal_mode = WAL");
  const source = new DataSource({ type: "better-sqlite3", database: file, entities: [organisations] });
  await source.initialize();
  const close = async (): Promise<void> => {
    await source.destroy();
    handle.close();
  };
  return { source, handle, close };
}
