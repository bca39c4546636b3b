import postgres from "postgres";
import { runSteps, type HostDatabase, type HostRow } from "wispy-auth/testing";
import type { DriverHandle } from "./driver-handles.ts";

/** An application's `sql`. */
export function openPostgresJs(
  url: string,
  options: postgres.Options<Record<string, postgres.PostgresType>> = {},
): HostDatabase & { readonly database: postgres.Sql } {
  let statements = 0;
  const count = (): void => void (statements += 1);
  const sql = postgres(url, { max: 4, onnotice: () => undefined, debug: count, ...options });
  const rowsOf = async (from: Pick<postgres.Sql, "unsafe">, text: string): Promise<HostRow[]> => [
    ...(await from.unsafe<HostRow[]>(text)),
  ];
  return {
    dialect: "postgres",
    database: sql,
    query: (text) => rowsOf(sql, text),
    inTransaction: (steps) =>
      sql.begin((tx) => runSteps(steps({ handle: tx, query: (text) => rowsOf(tx, text) }))) as Promise<never>,
    statementCount: () => statements,
    close: () => sql.end(),
  };
}

const postgresJs: DriverHandle = {
  name: "postgres.js",
  dialect: "postgres",
  opens: "url",
  open: async (url, { max = 4 } = {}) => openPostgresJs(url, { max }),
};

export const postgresDriverHandles: readonly DriverHandle[] = [postgresJs];
