import pg from "pg";

/** What is asked of a handle, as its driver is told to send it. */
export interface StatementWatch {
  note(text: string): void;
  /** Without pragmas, which are settings of a SQLite handle. */
  readonly statementCount: () => number;
}

/** Counts statements, and tells `onStatement` of each before it is sent. */
export function watchStatements(onStatement: (text: string) => void = () => undefined): StatementWatch {
  let statements = 0;
  return {
    note(text) {
      if (!/^\s*pragma\b/i.test(text)) statements += 1;
      onStatement(text);
    },
    statementCount: () => statements,
  };
}

/** A `pg.Client` for `new`, or for a pool's option `Client`. */
export function watchedPgClient({ note }: Pick<StatementWatch, "note">): typeof pg.Client {
  class WatchedClient extends pg.Client {
    override query(...sent: unknown[]): never {
      note(textOf(sent[0]));
      return super.query(...(sent as [string])) as never;
    }
  }
  return WatchedClient as typeof pg.Client;
}

/** A client that somebody else makes, such as a pool without an option for its class. */
export function watchPgClient(client: pg.Client, { note }: Pick<StatementWatch, "note">): void {
  watchCalls(client, { names: ["query"], note: (sent) => note(textOf(sent)) });
}

/** The parts that better-sqlite3, libsql and node:sqlite have in common. */
interface SqliteDatabase {
  prepare(text: string): object;
  exec(text: string): unknown;
}

/** Prepared statements are kept: each execution counts. Not by `iterate`, which `all` calls in libsql. */
export function watchSqlite(database: SqliteDatabase, { note }: Pick<StatementWatch, "note">): void {
  watchCalls(database, { names: ["exec"], note: (text) => note(String(text)) });
  const prepare = database.prepare.bind(database);
  database.prepare = (text) => {
    const statement = prepare(text);
    watchCalls(statement, { names: ["all", "get", "run"], note: () => note(text) });
    return statement;
  };
}

/** Has methods of an object tell of their first argument before they do their work. */
export function watchCalls(
  object: object,
  { names, note }: { readonly names: readonly string[]; readonly note: (first: unknown) => void },
): void {
  const methods = object as Record<string, (...given: unknown[]) => unknown>;
  for (const name of names) {
    const method = methods[name]!.bind(object);
    methods[name] = (...given) => {
      note(given[0]);
      return method(...given);
    };
  }
}

function textOf(sent: unknown): string {
  if (typeof sent === "string") return sent;
  const { text } = (sent ?? {}) as { readonly text?: unknown };
  return typeof text === "string" ? text : "";
}
