import { QueryFailedError, type DataSource, type EntityManager } from "typeorm";
import type { Auth } from "wispy-auth";
import { NameTaken, type Organisations } from "../serve.ts";
import { organisations } from "./organisation.ts";

export function typeormOrganisations(source: DataSource, auth: Auth): Organisations {
  const inTransaction = transactions(source);
  return {
    async found({ name, email, password }, context) {
      // Hashing takes its time on purpose: it is over before a connection is taken.
      const prepared = await auth.prepareSignUp({ email, password }, context);
      const founding = inTransaction(async (manager) => {
        const signedUp = await auth.within(manager).signUp(prepared);
        await manager.insert(organisations, { name, ownerId: signedUp.user.id });
        return signedUp;
      });
      // What failed the transaction has rolled it back: the account has never been.
      return founding.catch((error: unknown) => {
        throw isUniqueViolation(error) ? new NameTaken() : error;
      });
    },

    async listOwnedBy(ownerId) {
      const owned = await source
        .getRepository(organisations)
        .find({ where: { ownerId }, order: { name: "asc" } });
      return owned.map(({ name }) => name);
    },
  };
}

function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { code?: unknown };
  return code === "23505" || code === "SQLITE_CONSTRAINT_PRIMARYKEY";
}

type Transactions = <T>(work: (manager: EntityManager) => Promise<T>) => Promise<T>;

/** On SQLite, TypeORM's transactions share a connection and would run inside each other: they take turns. */
function transactions(source: DataSource): Transactions {
  if (source.options.type === "postgres") return (work) => source.transaction(work);
  let turn: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = turn.then(() => source.transaction(work));
    turn = result.catch(() => undefined);
    return result;
  };
}

/** In an application, this is one of its migrations. */
export async function createTable(source: DataSource, { database }: Auth): Promise<void> {
  const id = database.dialect === "postgres" ? "uuid" : "text";
  await source.query(`create table if not exists organisations (
    name text primary key,
    owner_id ${id} not null references ${database.table("users")} (id) on delete cascade
  )`);
}
