import type { Auth } from "wispy-auth";
import { NameTaken, type Organisations } from "../serve.ts";
import type { Db } from "./database.ts";

export function prismaOrganisations(prisma: Db, auth: Auth): Organisations {
  return {
    async found({ name, email, password }, context) {
      // Hashing takes its time on purpose: it is over before a connection is taken.
      const prepared = await auth.prepareSignUp({ email, password }, context);
      const founding = prisma.$transaction(async (tx) => {
        const signedUp = await auth.within(tx).signUp(prepared);
        await tx.organisation.create({ data: { name, ownerId: signedUp.user.id } });
        return signedUp;
      });
      // What failed the transaction has rolled it back: the account has never been.
      return founding.catch((error: unknown) => {
        throw isUniqueViolation(error) ? new NameTaken() : error;
      });
    },

    async listOwnedBy(ownerId) {
      const owned = await prisma.organisation.findMany({ where: { ownerId }, orderBy: { name: "asc" } });
      return owned.map(({ name }) => name);
    },
  };
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "P2002";
}

/** In an application, this is one of its migrations. */
export async function createTable(prisma: Db, { database }: Auth): Promise<void> {
  const id = database.dialect === "postgres" ? "uuid" : "text";
  await prisma.$executeRawUnsafe(`create table if not exists organisations (
    name text primary key,
    owner_id ${id} not null references ${database.table("users")} (id) on delete cascade
  )`);
}
