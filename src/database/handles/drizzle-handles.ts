import { AuthError } from "../../errors.ts";
import type { HandleKind } from "./handle-kind.ts";

// Drizzle marks its classes for its own `is()`, which holds across copies of the package.
const entityKind = Symbol.for("drizzle:entityKind");

/** The parts of a Drizzle database or transaction that are used. */
interface DrizzleDatabase {
  /** What it was made with: a pg.Pool, postgres.js, PGlite, a better-sqlite3 Database, a libSQL client. */
  readonly $client?: unknown;
  readonly session?: DrizzleSession;
}

/** Not part of Drizzle's types, but the same in every driver of it: what its transaction runs on. */
interface DrizzleSession {
  readonly client?: unknown;
  /** libSQL's driver keeps the transaction beside the client. */
  readonly tx?: unknown;
}

/** Nothing runs through Drizzle: the driver beneath is lent, with all that holds for it. */
export const drizzleHandles: HandleKind = {
  databases: [
    {
      words: "a Drizzle database",
      recognises: isDrizzle,
      async open(handle) {
        const { $client } = handle as DrizzleDatabase;
        if ($client !== undefined) return { beneath: $client };
        throw new AuthError("unsupported_handle", {
          message: "`database` takes the Drizzle database itself; a transaction of it goes to auth.within()",
        });
      },
    },
  ],
  transactions: [
    {
      words: "the `tx` of a Drizzle db.transaction((tx) => ...)",
      recognises: isDrizzle,
      join(handle) {
        const { $client, session } = handle as DrizzleDatabase;
        if ($client !== undefined) {
          throw new AuthError("transaction_required", {
            message: "auth.within() takes the `tx` of db.transaction((tx) => ...), not the database itself",
          });
        }
        const beneath = session?.tx ?? session?.client;
        if (beneath !== undefined) return { beneath };
        throw new AuthError("unsupported_handle", {
          message:
            "This Drizzle driver does not show what its transaction runs on; auth.within() takes those of node-postgres, postgres-js, pglite, better-sqlite3 and libsql",
        });
      },
    },
  ],
};

function isDrizzle(handle: object): boolean {
  return typeof handle.constructor === "function" && entityKind in handle.constructor && "dialect" in handle;
}
