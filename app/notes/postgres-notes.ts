import { randomUUID } from "node:crypto";
import type { Pool, PoolClient } from "pg";

import type { Note, Notes } from "./notes.ts";

/**
 * The application's migration: one table, with a foreign key to `users`, the table of wispy-auth. Sent as
 * one text, it is one transaction. The lock lets several processes start at once; `if not exists` alone does not.
 */
export async function createNotesTable(pool: Pool, users: string): Promise<void> {
  await pool.query(`
    select pg_advisory_xact_lock(hashtext('wispy-notes migration'));
    create table if not exists notes (
      id uuid primary key,
      user_id uuid not null references ${users} (id) on delete cascade,
      text text not null,
      created_at timestamptz not null default clock_timestamp()
    );
    create index if not exists notes_user_id_created_at on notes (user_id, created_at);
  `);
}

/** On the pool, or on the client of a transaction. */
export async function insertNote(
  database: Pool | PoolClient,
  { userId, text }: { readonly userId: string; readonly text: string },
): Promise<void> {
  const values = [randomUUID(), userId, text];
  await database.query("insert into notes (id, user_id, text) values ($1, $2, $3)", values);
}

export function postgresNotes(pool: Pool): Notes {
  return {
    async list(userId) {
      const { rows } = await pool.query<Note>(
        `select id, text, created_at as "createdAt" from notes
         where user_id = $1 order by created_at desc, id limit 200`,
        [userId],
      );
      return rows;
    },
    add: (userId, text) => insertNote(pool, { userId, text }),
    async remove(userId, id) {
      // Compared as text: what a form sends need not be a UUID.
      await pool.query("delete from notes where user_id = $1 and id::text = $2", [userId, id]);
    },
  };
}
