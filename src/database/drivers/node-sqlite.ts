import type { DriverResult, SyncDriver } from "./driver.ts";

/** The parts of a `StatementSync` that are used. */
interface NodeSqliteStatement {
  columns(): readonly unknown[];
  setReadBigInts(enabled: boolean): void;
  setReturnArrays(enabled: boolean): void;
  all(...values: readonly unknown[]): unknown[];
  run(...values: readonly unknown[]): { readonly changes: number | bigint };
}

/** The parts of a `DatabaseSync` of node:sqlite that are used; `isTransaction` came with Node 22.16. */
export interface NodeSqliteDatabase {
  readonly isOpen: boolean;
  readonly isTransaction: boolean;
  prepare(text: string): unknown;
  exec(text: string): unknown;
  close(): unknown;
}

interface Prepared {
  readonly statement: NodeSqliteStatement;
  readonly reader: boolean;
}

// Schema changes and transaction control run once; caching them would only hold memory.
const worthKeeping = /^\s*(select|insert|update|delete|with|begin|commit|rollback)\b/i;

/** Keeps prepared statements per handle. */
export function nodeSqliteDriver(handle: NodeSqliteDatabase): SyncDriver {
  const kept = new Map<string, Prepared>();

  function prepare(text: string): Prepared {
    const statement = handle.prepare(text) as NodeSqliteStatement;
    // Whatever the application chose for its own statements when it opened the handle.
    statement.setReadBigInts(false);
    statement.setReturnArrays(true);
    const prepared = { statement, reader: statement.columns().length > 0 };
    if (worthKeeping.test(text)) kept.set(text, prepared);
    return prepared;
  }

  return {
    mode: "sync",
    name: "node:sqlite",
    dialect: "sqlite",
    native: handle,
    get inTransaction() {
      // Asked of a closed handle, it throws.
      return handle.isOpen && handle.isTransaction;
    },
    get open() {
      return handle.isOpen;
    },
    query(text, values) {
      const known = kept.get(text);
      if (known === undefined) return run(prepare(text), values);
      try {
        return run(known, values);
      } catch (error) {
        if (!isFinalized(error) || !handle.isOpen) throw error;
        kept.clear();
        return run(prepare(text), values);
      }
    },
  };
}

/** Values are never objects other than bytes: one in the first place would be taken for a bag of named parameters. */
function run({ statement, reader }: Prepared, values: readonly unknown[]): DriverResult {
  if (!reader) return { rows: [], rowCount: Number(statement.run(...values).changes), command: "" };
  const rows = statement.all(...values) as unknown[][];
  return { rows, rowCount: rows.length, command: "" };
}

/** The application closed its handle and opened it again, which ends prepared statements. Nothing was executed. */
function isFinalized(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "ERR_INVALID_STATE";
}
