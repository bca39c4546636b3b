import { sql } from "kysely";
import type { Auth } from "wispy-auth";
import { NameTaken, type Organisations } from "../serve.ts";
import type { Db } from "./database.ts";

export function kyselyOrganisations(db: Db, auth: Auth): Organisations {
  return {
    async found({ name, email, password }, context) {
      // Hashing takes its time on purpose: it is over before a connection is taken.
      const prepared = await auth.prepareSignUp({ email, password }, context);
      return db.transaction().execute(async (trx) => {
        const signedUp = await auth.within(trx).signUp(prepared);
        const founded = await trx
          .insertInto("organisations")
          .values({ name, owner_id: signedUp.user.id })
          .onConflict((conflict) => conflict.doNothing())
          .returning("name")
          .executeTakeFirst();
        // Rolls back: the account has never been.
        if (founded === undefined) throw new NameTaken();
        return signedUp;
      });
    },

    async listOwnedBy(userId) {
      const owned = db.selectFrom("organisations").select("name").where("owner_id", "=", userId);
      return (await owned.orderBy("name").execute()).map(({ name }) => name);
    },
  };
}

/** In an application, this is one of its migrations. */
export async function createTable(db: Db, { database }: Auth): Promise<void> {
  const id = sql.raw(database.dialect === "postgres" ? "uuid" : "text");
  const users = sql.raw(database.table("users"));
  await sql`create table if not exists organisations (
    name text primary key,
    owner_id ${id} not null references ${users} (id) on delete cascade
  )`.execute(db);
}
