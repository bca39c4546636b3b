import type { Kysely, Transaction } from "kysely";
import type { Knex } from "knex";
import type { Auth, NewSession, PreparedSignUp } from "wispy-auth";
import { createAuth } from "wispy-auth";
import type { PrismaClient } from "../../examples/with-prisma/generated/postgres/client.ts";
import type { Equal, Expect } from "./expect-type.ts";

declare const kysely: Kysely<{ notes: { author: string } }>;
declare const knex: Knex;
declare const prisma: PrismaClient;
declare const auth: Auth;
declare const prepared: PreparedSignUp;

// What was handed over comes back with its own type.
const onKysely = await createAuth({ database: kysely });
const onKnex = await createAuth({ database: knex });
const onPrisma = await createAuth({ database: prisma });
export type NativeOfKysely = Expect<Equal<typeof onKysely.database.native, typeof kysely>>;
export type NativeOfKnex = Expect<Equal<typeof onKnex.database.native, Knex>>;
export type NativeOfPrisma = Expect<Equal<typeof onPrisma.database.native, PrismaClient>>;

// In their transactions everything is a promise, on SQLite too.
declare const kyselyTransaction: Transaction<{ notes: { author: string } }>;
declare const knexTransaction: Knex.Transaction;
const inKysely = auth.within(kyselyTransaction).signUp(prepared);
const inKnex = auth.within(knexTransaction).signUp(prepared);
const inPrisma = prisma.$transaction((tx) => auth.within(tx).signUp(prepared));
export type JoinedInKysely = Expect<Equal<typeof inKysely, Promise<NewSession>>>;
export type JoinedInKnex = Expect<Equal<typeof inKnex, Promise<NewSession>>>;
export type JoinedInPrisma = Expect<Equal<typeof inPrisma, Promise<NewSession>>>;
