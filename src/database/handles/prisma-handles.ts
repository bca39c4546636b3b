import { AuthError } from "../../errors.ts";
import type { DialectName } from "../database.ts";
import type { PrismaClient, PrismaQueries } from "../drivers/prisma.ts";
import type { HandleKind } from "./handle-kind.ts";

export const prismaHandles: HandleKind = {
  databases: [
    {
      words: "a PrismaClient on PostgreSQL",
      recognises,
      async open(handle, deadlines) {
        if (!isClient(handle)) {
          throw new AuthError("unsupported_handle", {
            message:
              "`database` takes the PrismaClient itself; the `tx` of its $transaction goes to auth.within()",
          });
        }
        if (dialectOf(handle) === "sqlite") throw sharesTransactions();
        const { prismaDriver } = await import("../drivers/prisma.ts");
        return prismaDriver(handle as PrismaClient, deadlines);
      },
    },
  ],
  transactions: [
    {
      words: "the `tx` of Prisma's $transaction",
      recognises,
      join(handle) {
        if (isClient(handle)) {
          throw new AuthError("transaction_required", {
            message: "auth.within() takes the `tx` of prisma.$transaction(async (tx) => ...)",
          });
        }
        const dialect = dialectOf(handle);
        return import("../drivers/prisma.ts").then(({ joinPrisma }) =>
          joinPrisma(handle as PrismaQueries, dialect),
        );
      },
    },
  ],
};

function recognises(handle: object): boolean {
  return "$queryRawUnsafe" in handle && "$executeRawUnsafe" in handle;
}

/** A `tx` has neither; it may have `$transaction`, for savepoints. */
function isClient(handle: object): boolean {
  return "$connect" in handle && "$disconnect" in handle;
}

/** The provider of the schema that the client was generated from, which Prisma tells nowhere else. */
function dialectOf(handle: object): DialectName {
  const { _activeProvider: provider } = handle as { readonly _activeProvider?: unknown };
  if (provider === "postgresql" || provider === "postgres") return "postgres";
  if (provider === "sqlite") return "sqlite";
  throw new AuthError("unsupported_handle", {
    message: "wispy-auth works on a PrismaClient whose provider is postgresql or sqlite",
  });
}

/**
 * `@prisma/adapter-better-sqlite3` runs a statement that is sent while a transaction is open, whoever sent it, inside
 * that transaction. A rollback of ours would undo what the application had written meanwhile, and been told of as done.
 */
function sharesTransactions(): AuthError {
  return new AuthError("unsupported_handle", {
    message:
      "On SQLite, a PrismaClient mixes what is written at the same time into one transaction; hand over a better-sqlite3 Database on the same file, and Prisma's `tx` to auth.within()",
  });
}
