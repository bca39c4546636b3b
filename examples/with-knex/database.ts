import knex, { type Knex } from "knex";
import { mkdirSync } from "node:fs";

/** PostgreSQL for a URL, a SQLite file without one. */
export function openDatabase(url: string | undefined): Knex {
  if (url) return knex({ client: "pg", connection: url });
  mkdirSync(".data", { recursive: true });
  return knex({
    client: "better-sqlite3",
    connection: { filename: ".data/with-knex.db" },
    useNullAsDefault: true,
  });
}
