import { asc, eq, sql } from "drizzle-orm";
import * as pgCore from "drizzle-orm/pg-core";
import * as sqliteCore from "drizzle-orm/sqlite-core";
import type { Auth } from "wispy-auth";
import { NameTaken, type Organisations } from "../serve.ts";
import { isPostgres, type Db, type PostgresDb, type SqliteDb } from "./database.ts";

export function drizzleOrganisations(db: Db, auth: Auth): Organisations {
  return isPostgres(db) ? onPostgres(db, auth) : onSqlite(db, auth);
}

const pgOrganisations = pgCore.pgTable("organisations", {
  name: pgCore.text().primaryKey(),
  ownerId: pgCore.uuid("owner_id").notNull(),
});

function onPostgres(db: PostgresDb, auth: Auth): Organisations {
  return {
    async found({ name, email, password }, context) {
      // Hashing takes its time on purpose: it is over before a connection is taken.
      const prepared = await auth.prepareSignUp({ email, password }, context);
      return db.transaction(async (tx) => {
        const signedUp = await auth.within(tx).signUp(prepared);
        const organisation = { name, ownerId: signedUp.user.id };
        const founded = await tx
          .insert(pgOrganisations)
          .values(organisation)
          .onConflictDoNothing()
          .returning();
        // Rolls back: the account has never been.
        if (founded.length === 0) throw new NameTaken();
        return signedUp;
      });
    },

    async listOwnedBy(userId) {
      const { name, ownerId } = pgOrganisations;
      const owned = db.select({ name }).from(pgOrganisations).where(eq(ownerId, userId));
      return (await owned.orderBy(asc(name))).map((organisation) => organisation.name);
    },
  };
}

const sqliteOrganisations = sqliteCore.sqliteTable("organisations", {
  name: sqliteCore.text().primaryKey(),
  ownerId: sqliteCore.text("owner_id").notNull(),
});

function onSqlite(db: SqliteDb, auth: Auth): Organisations {
  return {
    async found({ name, email, password }, context) {
      const prepared = await auth.prepareSignUp({ email, password }, context);
      // From start to end in one tick: with better-sqlite3 nothing in a transaction is awaited, and so it is here.
      return db.transaction((tx) => {
        const signedUp = auth.within(tx).signUp(prepared);
        const organisation = { name, ownerId: signedUp.user.id };
        const founded = tx.insert(sqliteOrganisations).values(organisation).onConflictDoNothing().run();
        if (founded.changes === 0) throw new NameTaken();
        return signedUp;
      });
    },

    async listOwnedBy(userId) {
      const { name, ownerId } = sqliteOrganisations;
      const owned = db.select({ name }).from(sqliteOrganisations).where(eq(ownerId, userId));
      return owned
        .orderBy(asc(name))
        .all()
        .map((organisation) => organisation.name);
    },
  };
}

/** In an application, this is one of its migrations. */
export async function createTable(db: Db, { database }: Auth): Promise<void> {
  const id = sql.raw(isPostgres(db) ? "uuid" : "text");
  const users = sql.raw(database.table("users"));
  const create = sql`create table if not exists organisations (
    name text primary key,
    owner_id ${id} not null references ${users} (id) on delete cascade
  )`;
  if (isPostgres(db)) await db.execute(create);
  else db.run(create);
}
