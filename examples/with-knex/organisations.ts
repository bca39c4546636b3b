import type { Knex } from "knex";
import type { Auth } from "wispy-auth";
import { NameTaken, type Organisations } from "../serve.ts";

interface Organisation {
  readonly name: string;
  readonly owner_id: string;
}

export function knexOrganisations(db: Knex, auth: Auth): Organisations {
  return {
    async found({ name, email, password }, context) {
      // Hashing takes its time on purpose: it is over before a connection is taken.
      const prepared = await auth.prepareSignUp({ email, password }, context);
      return db.transaction(async (trx) => {
        const signedUp = await auth.within(trx).signUp(prepared);
        const founded = await trx<Organisation>("organisations")
          .insert({ name, owner_id: signedUp.user.id })
          .onConflict("name")
          .ignore()
          .returning("name");
        // Rolls back: the account has never been.
        if (founded.length === 0) throw new NameTaken();
        return signedUp;
      });
    },

    listOwnedBy: (userId) =>
      db<Organisation>("organisations").where({ owner_id: userId }).orderBy("name").pluck("name"),
  };
}

/** In an application, this is one of its migrations. */
export async function createTable(db: Knex, { database }: Auth): Promise<void> {
  const id = database.dialect === "postgres" ? "uuid" : "text";
  await db.raw(`create table if not exists organisations (
    name text primary key,
    owner_id ${id} not null references ${database.table("users")} (id) on delete cascade
  )`);
}
