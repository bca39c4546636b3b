import type { Database } from "better-sqlite3";
import { randomUUID } from "node:crypto";

import type { Note, Notes } from "./notes.ts";

/** The application's migration: one table, with a foreign key to `users`, the table of wispy-auth. */
export function createNotesTable(db: Database, users: string): void {
  db.exec(`
    create table if not exists notes (
      id text primary key,
      user_id text not null references ${users} (id) on delete cascade,
      text text not null,
      created_at integer not null
    ) strict;
    create index if not exists notes_user_id_created_at on notes (user_id, created_at);
  `);
}

export function insertNote(
  db: Database,
  { userId, text }: { readonly userId: string; readonly text: string },
): void {
  db.prepare("insert into notes (id, user_id, text, created_at) values (?, ?, ?, ?)").run(
    randomUUID(),
    userId,
    text,
    Date.now(),
  );
}

export function sqliteNotes(db: Database): Notes {
  return {
    async list(userId) {
      const rows = db
        .prepare<[string], Omit<Note, "createdAt"> & { createdAt: number }>(
          `select id, text, created_at as createdAt from notes
           where user_id = ? order by created_at desc, rowid desc limit 200`,
        )
        .all(userId);
      return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt) }));
    },
    add: async (userId, text) => insertNote(db, { userId, text }),
    async remove(userId, id) {
      db.prepare("delete from notes where user_id = ? and id = ?").run(userId, id);
    },
  };
}
