import { AuthError } from "../../errors.ts";
import type { Deadlines } from "../drivers/deadlines.ts";
import type { AsyncDriver, SyncDriver } from "../drivers/driver.ts";
import { betterSqlite3Handles } from "./better-sqlite3-handles.ts";
import type { Beneath, HandleKind, Joining } from "./handle-kind.ts";
import { drizzleHandles } from "./drizzle-handles.ts";
import { knexHandles } from "./knex-handles.ts";
import { kyselyHandles } from "./kysely-handles.ts";
import { libsqlHandles } from "./libsql-handles.ts";
import { nodeSqliteHandles } from "./node-sqlite-handles.ts";
import { pgHandles } from "./pg-handles.ts";
import { pgliteHandles } from "./pglite-handles.ts";
import { prismaHandles } from "./prisma-handles.ts";
import { postgresJsHandles } from "./postgres-js-handles.ts";
import { typeormHandles } from "./typeorm-handles.ts";

const kinds: readonly HandleKind[] = [
  drizzleHandles,
  typeormHandles,
  kyselyHandles,
  knexHandles,
  prismaHandles,
  pgHandles,
  postgresJsHandles,
  pgliteHandles,
  betterSqlite3Handles,
  libsqlHandles,
  nodeSqliteHandles,
];
const databases = kinds.flatMap((kind) => kind.databases);
const transactions = kinds.flatMap((kind) => kind.transactions);

/**
 * The driver for what the application handed over.
 * @throws AuthError `unsupported_handle`, `configuration_invalid`
 */
export async function openHandle(handle: unknown, deadlines: Deadlines): Promise<AsyncDriver | SyncDriver> {
  const kind = isObject(handle) ? databases.find((one) => one.recognises(handle)) : undefined;
  if (kind === undefined) {
    throw new AuthError("unsupported_handle", {
      message: `\`database\` takes ${listed(databases)}, or a URL (postgres://..., sqlite:./app.db, sqlite::memory:)`,
    });
  }
  const opened = await kind.open(handle as object, deadlines);
  return isBeneath(opened) ? openHandle(opened.beneath, deadlines) : opened;
}

/**
 * The connection on which the application's transaction runs.
 * @throws AuthError `unsupported_handle`
 */
export function joinHandle(handle: unknown): Joining {
  const kind = isObject(handle) ? transactions.find((one) => one.recognises(handle)) : undefined;
  if (kind === undefined) {
    throw new AuthError("unsupported_handle", {
      message: `auth.within() takes what your transaction runs on: ${listed(transactions)}`,
    });
  }
  const joining = kind.join(handle as object);
  return isBeneath(joining) ? joinHandle(joining.beneath) : joining;
}

function isObject(handle: unknown): handle is object {
  return (typeof handle === "object" && handle !== null) || typeof handle === "function";
}

function isBeneath(value: object): value is Beneath {
  return "beneath" in value;
}

function listed(accepted: readonly { readonly words: string }[]): string {
  return accepted.map(({ words }) => words).join(", ");
}
