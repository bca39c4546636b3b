import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { NodeSqliteDatabase } from "../../src/database/drivers/node-sqlite.ts";

/** The rows of a statement of node:sqlite, as far as tests look at them. */
interface NodeSqliteStatement {
  all(...values: readonly unknown[]): Record<string, unknown>[];
  iterate(): IterableIterator<Record<string, unknown>>;
}

/** A handle of node:sqlite, whose types come with a newer Node than the one the tests are checked for. */
export interface DatabaseSync extends NodeSqliteDatabase {
  open(): void;
  prepare(text: string): NodeSqliteStatement;
}

export interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options?: Readonly<Record<string, unknown>>) => DatabaseSync;
}

/** node:sqlite, where this Node has the one that can be lent: from 22.16 on. */
export function findNodeSqlite(): NodeSqlite | null {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const recent = major >= 24 || (major === 22 && minor >= 16);
  // Not imported: loading it prints a warning, and older Nodes have none.
  return recent ? (process.getBuiltinModule("node:sqlite" as "node:fs") as unknown as NodeSqlite) : null;
}

/**
 * A Node.js that has it: this one, or the one that `npm ci --prefix test/support/newer-node` installs; `null` where
 * there is none.
 */
export function findNodeWithSqlite(): string | null {
  if (findNodeSqlite() !== null) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const installed = fileURLToPath(new URL(`newer-node/node_modules/${name}/bin/node`, import.meta.url));
  return existsSync(installed) ? installed : null;
}
