import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { PrismaPg } from "@prisma/adapter-pg";
import Database from "better-sqlite3";
import { mkdirSync } from "node:fs";
import type { AuthOptions } from "wispy-auth";
import { PrismaClient as PostgresClient } from "./generated/postgres/client.ts";
import { PrismaClient as SqliteClient } from "./generated/sqlite/client.ts";

/** A schema of Prisma's is for one database; an application has one, and one client. */
export type Db = PostgresClient;

/** In a burst, transactions wait for a connection; Prisma's own two seconds are soon over. */
const transactionOptions = { maxWait: 10_000, timeout: 10_000 };

export interface OpenedDatabase {
  readonly prisma: Db;
  /** What wispy-auth works on. */
  readonly handle: AuthOptions["database"];
  close(): Promise<void>;
}

/** PostgreSQL for a URL, a SQLite file without one. */
export function openDatabase(url: string | undefined): OpenedDatabase {
  return url ? openPostgres(url) : openSqlite(".data/with-prisma.db");
}

function openPostgres(url: string): OpenedDatabase {
  const prisma = new PostgresClient({ adapter: new PrismaPg({ connectionString: url }), transactionOptions });
  return { prisma, handle: prisma, close: () => prisma.$disconnect() };
}

/**
 * On SQLite, Prisma runs whatever is sent while a transaction is open inside that transaction, so wispy-auth gets a
 * handle of its own on the same file. It waits for Prisma's transactions by itself, without blocking: `timeout: 0`.
 */
function openSqlite(file: string): OpenedDatabase {
  mkdirSync(".data", { recursive: true });
  const handle = new Database(file, { timeout: 0 });
  handle.pragma("journal_mode = WAL");
  const adapter = new PrismaBetterSqlite3({ url: `file:${file}` });
  const prisma = new SqliteClient({ adapter, transactionOptions }) as unknown as Db;
  const close = async (): Promise<void> => {
    await prisma.$disconnect();
    handle.close();
  };
  return { prisma, handle, close };
}
