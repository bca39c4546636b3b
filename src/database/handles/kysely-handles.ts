import { AuthError } from "../../errors.ts";
import type { DialectName } from "../database.ts";
import { withForeignKeysLater } from "../drivers/foreign-keys.ts";
import type { KyselyDatabase } from "../drivers/kysely.ts";
import type { HandleKind } from "./handle-kind.ts";

export const kyselyHandles: HandleKind = {
  databases: [
    {
      words: "a Kysely",
      recognises,
      async open(handle, deadlines) {
        const database = handle as KyselyDatabase;
        if (database.isTransaction) {
          throw new AuthError("unsupported_handle", {
            message: "`database` takes the Kysely itself; a Transaction of it goes to auth.within()",
          });
        }
        const dialect = dialectOf(database);
        const { kyselyDriver } = await import("../drivers/kysely.ts");
        const driver = kyselyDriver(database, { dialect, deadlines });
        return dialect === "sqlite" ? withForeignKeysLater(driver, "PRAGMA foreign_keys = ON") : driver;
      },
    },
  ],
  transactions: [
    {
      words: "a Kysely Transaction",
      recognises,
      join(handle) {
        const transaction = handle as KyselyDatabase;
        if (!transaction.isTransaction) {
          throw new AuthError("transaction_required", {
            message: "auth.within() takes the `trx` of db.transaction().execute(async (trx) => ...)",
          });
        }
        const dialect = dialectOf(transaction);
        return import("../drivers/kysely.ts").then(({ joinKysely }) => joinKysely(transaction, dialect));
      },
    },
  ],
};

function recognises(handle: object): boolean {
  return "getExecutor" in handle && "withoutPlugins" in handle && "executeQuery" in handle;
}

/** The parts of Kysely's query builder that are used. */
interface QueryBuilder {
  selectFrom(table: string): QueryBuilder;
  select(column: string): QueryBuilder;
  where(column: string, operator: string, value: number): QueryBuilder;
  compile(): { readonly sql: string };
}

/** A query as the dialect's compiler writes it tells the database apart, whoever wrote the dialect; nothing is sent. */
function dialectOf(database: KyselyDatabase): DialectName {
  const builder = database.withoutPlugins() as unknown as QueryBuilder;
  const { sql } = builder.selectFrom("t").select("c").where("c", "=", 1).compile();
  if (sql.endsWith('"c" = $1')) return "postgres";
  if (sql.endsWith('"c" = ?')) return "sqlite";
  throw new AuthError("unsupported_handle", {
    message: "wispy-auth works on a Kysely whose dialect is PostgreSQL or SQLite",
  });
}
