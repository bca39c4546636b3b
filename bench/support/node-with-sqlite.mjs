import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * A Node.js whose node:sqlite can be lent: this one from 22.16 on, or the one that
 * `npm ci --prefix test/support/newer-node` installs; `null` where there is none.
 *
 * @returns {string | null} The program.
 */
export function findNodeWithSqlite() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major >= 24 || (major === 22 && minor >= 16)) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const path = `../../test/support/newer-node/node_modules/${name}/bin/node`;
  const program = fileURLToPath(new URL(path, import.meta.url));
  return existsSync(program) ? program : null;
}
