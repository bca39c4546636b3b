import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import postgres from "postgres";
import { runSteps, type HostDatabase, type HostRow } from "wispy-auth/testing";
import type { DriverHandle } from "./driver-handles.ts";
import { watchStatements } from "./statement-watch.ts";

/** An application's `sql`. */
export function openPostgresJs(
  url: string,
  options: postgres.Options<Record<string, postgres.PostgresType>> = {},
  onStatement?: (text: string) => void,
): HostDatabase & { readonly database: postgres.Sql } {
  const { note, statementCount } = watchStatements(onStatement);
  const debug = (_connection: number, text: string): void => note(text);
  const sql = postgres(url, { max: 4, onnotice: () => undefined, debug, ...options });
  const rowsOf = async (from: Pick<postgres.Sql, "unsafe">, text: string): Promise<HostRow[]> => [
    ...(await from.unsafe<HostRow[]>(text)),
  ];
  return {
    dialect: "postgres",
    database: sql,
    query: (text) => rowsOf(sql, text),
    inTransaction: (steps) =>
      sql.begin((tx) => runSteps(steps({ handle: tx, query: (text) => rowsOf(tx, text) }))) as Promise<never>,
    statementCount,
    // Without a limit it waits for ever for a connection that was terminated.
    close: () => sql.end({ timeout: 0.5 }),
  };
}

const postgresJs: DriverHandle = {
  name: "postgres.js",
  dialect: "postgres",
  opens: "url",
  open: async (url, { max = 4, recycles = false, pooled = false, mortal = false, onStatement } = {}) => {
    const options = {
      max,
      ...(recycles ? { max_lifetime: 0.2 } : {}),
      ...(pooled ? { prepare: false } : {}),
      // Its question for types at each connect has nobody who listens to its failure.
      ...(mortal ? { fetch_types: false, backoff: () => 0.05 } : {}),
    };
    return openPostgresJs(url, options, onStatement);
  },
};

let emptyFolder: Promise<Blob> | undefined;

/** An application's PGlite, in memory. Making a database folder takes seconds: the first one is kept for the next. */
export async function openPGlite(
  options: PGliteOptions = {},
): Promise<HostDatabase & { readonly database: PGlite }> {
  const made = emptyFolder === undefined ? {} : { loadDataDir: await emptyFolder };
  let statements = 0;
  class CountingPGlite extends PGlite {
    override execProtocol(...sent: Parameters<PGlite["execProtocol"]>): ReturnType<PGlite["execProtocol"]> {
      statements += 1;
      return super.execProtocol(...sent);
    }
  }
  const db = new CountingPGlite({ ...made, ...options });
  await db.waitReady;
  emptyFolder ??= db.dumpDataDir("none");
  await emptyFolder;
  return {
    dialect: "postgres",
    database: db,
    query: async (text) => (await db.query<HostRow>(text)).rows,
    inTransaction: (steps) =>
      db.transaction((tx) =>
        runSteps(steps({ handle: tx, query: async (text) => (await tx.query<HostRow>(text)).rows })),
      ),
    // The application's own are not among them.
    statementCount: () => statements,
    close: async () => void (db.closed || (await db.close())),
  };
}

const pglite: DriverHandle = {
  name: "PGlite",
  dialect: "postgres",
  opens: "nothing",
  open: () => openPGlite(),
};

export const postgresDriverHandles: readonly DriverHandle[] = [postgresJs, pglite];
