import { AuthError } from "../../errors.ts";
import { joinOverSync } from "../drivers/async-over-sync.ts";
import { betterSqlite3Driver, type BetterSqlite3Database } from "../drivers/better-sqlite3.ts";
import type { JoinedConnection } from "../drivers/driver.ts";
import type { HandleKind } from "./handle-kind.ts";

/** The parts of a TypeORM `DataSource` that are used. */
interface TypeormDataSource {
  readonly isInitialized: boolean;
  readonly driver: TypeormDriver;
  readonly options: { readonly type: string };
}

interface TypeormDriver {
  /** The pg.Pool, or the one of the primary. */
  readonly master?: unknown;
}

/** The parts of a TypeORM `QueryRunner` that are used. */
interface TypeormQueryRunner {
  readonly isTransactionActive: boolean;
  readonly dataSource?: TypeormDataSource;
  /** The name it had before 1.0. */
  readonly connection?: TypeormDataSource;
  connect(): Promise<unknown>;
}

/** Nothing runs through TypeORM: the driver beneath is lent, with all that holds for it. */
export const typeormHandles: HandleKind = {
  databases: [
    {
      words: "a TypeORM DataSource of the type postgres",
      recognises: (handle) =>
        "isInitialized" in handle && "createQueryRunner" in handle && "manager" in handle,
      async open(handle) {
        const source = handle as TypeormDataSource;
        if (!source.isInitialized) {
          throw new AuthError("database_closed", {
            message: "The DataSource is not open: run `await dataSource.initialize()` before createAuth",
          });
        }
        return { beneath: beneath(source) };
      },
    },
  ],
  transactions: [
    {
      words: "the EntityManager or QueryRunner of a TypeORM transaction",
      recognises: (handle) =>
        "isTransactionActive" in handle || ("getRepository" in handle && "repositories" in handle),
      join(handle) {
        const runner = (
          "isTransactionActive" in handle ? handle : (handle as { queryRunner?: unknown }).queryRunner
        ) as TypeormQueryRunner | undefined;
        if (runner?.isTransactionActive !== true) {
          throw new AuthError("transaction_required", {
            message:
              "auth.within() takes the EntityManager of dataSource.transaction(async (manager) => ...), or a QueryRunner whose transaction has begun",
          });
        }
        return joinRunner(runner);
      },
    },
  ],
};

async function joinRunner(runner: TypeormQueryRunner): Promise<JoinedConnection> {
  const { type } = (runner.dataSource ?? runner.connection)!.options;
  // The connection is the runner's already; this hands it over.
  const connection = await runner.connect();
  if (type === "better-sqlite3") {
    return joinOverSync(betterSqlite3Driver(connection as BetterSqlite3Database));
  }
  if (type !== "postgres")
    throw unsupported(type, "auth.within() takes transactions of postgres and better-sqlite3");
  const { joinPgClient } = await import("../drivers/pg.ts");
  return joinPgClient(connection as Parameters<typeof joinPgClient>[0]);
}

/** @throws AuthError `unsupported_handle` */
function beneath({ driver, options: { type } }: TypeormDataSource): unknown {
  if (type === "postgres") return driver.master;
  throw unsupported(
    type,
    type === "better-sqlite3"
      ? // One connection and one query runner for everybody: what is sent while a transaction is open ends up in it.
        "on SQLite all of TypeORM shares one connection and its open transaction; give createAuth a better-sqlite3 Database of its own on the same file"
      : "`database` takes one of the type postgres",
  );
}

function unsupported(type: string, advice: string): AuthError {
  return new AuthError("unsupported_handle", { message: `TypeORM with the type ${type}: ${advice}` });
}
