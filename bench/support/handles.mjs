import { PGlite } from "@electric-sql/pglite";
import Database from "better-sqlite3";
import { SqliteDialect } from "kysely";
import { PGliteDialect } from "kysely-pglite-dialect";
import { PostgresJSDialect } from "kysely-postgres-js";
import Libsql from "libsql";
import pg from "pg";
import postgres from "postgres";
import { sqliteHandle } from "./sqlite-handle.mjs";

/**
 * A handle that an application has, on an empty database.
 *
 * @typedef {object} OpenHandle
 * @property {"postgres" | "sqlite"} dialect
 * @property {unknown} handle
 * @property {(text: string) => Promise<Record<string, unknown>[]>} query For the scene itself.
 * @property {object} [kyselyDialect] A Kysely dialect on it, which better-auth takes in its place; not for those it takes themselves.
 * @property {() => Promise<unknown>} close
 */

/**
 * Each kind of handle by the name developers have for it; node:sqlite is in a process of its own.
 *
 * @type {Record<string, (url: string) => Promise<OpenHandle>>}
 */
export const openHandles = {
  "pg.Pool": async (url) => {
    const pool = new pg.Pool({ connectionString: url });
    const query = async (text) => (await pool.query(text)).rows;
    return { dialect: "postgres", handle: pool, query, close: () => pool.end() };
  },
  "a checked-out client": async (url) => {
    const pool = new pg.Pool({ connectionString: url });
    const client = await pool.connect();
    const query = async (text) => (await client.query(text)).rows;
    const close = () => (client.release(), pool.end());
    return { dialect: "postgres", handle: client, query, close };
  },
  "postgres.js": async (url) => {
    const sql = postgres(url, { onnotice: () => {} });
    const kyselyDialect = new PostgresJSDialect({ postgres: sql });
    return {
      dialect: "postgres",
      handle: sql,
      query: (text) => sql.unsafe(text),
      kyselyDialect,
      close: () => sql.end(),
    };
  },
  PGlite: async () => {
    const db = new PGlite();
    const query = async (text) => (await db.query(text)).rows;
    return {
      dialect: "postgres",
      handle: db,
      query,
      kyselyDialect: new PGliteDialect(db),
      close: () => db.close(),
    };
  },
  "better-sqlite3": async () => sqliteHandle(new Database(":memory:")),
  libsql: async () => {
    const database = new Libsql(":memory:");
    return { ...sqliteHandle(database), kyselyDialect: new SqliteDialect({ database }) };
  },
};
