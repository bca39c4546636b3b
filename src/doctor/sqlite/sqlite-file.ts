import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, sep } from "node:path";
import type { Database } from "../../database/database.ts";
import { ok, type Check, type Found } from "../check.ts";

/** The main file of a SQLite handle; `null` for a database in memory. */
export async function findSqliteFile(database: Database): Promise<string | null> {
  const rows = await database.query("pragma database_list");
  const file = rows.find(([, name]) => name === "main")?.[2];
  return typeof file === "string" && file !== "" ? file : null;
}

export const file: Check = {
  id: "file",
  title: "Whether the file is where it can stay",
  dialects: ["sqlite"],
  async run({ database, settings: { handle } }) {
    if (handle.kind === "own" && handle.fileMissing) {
      return [{ severity: "info", message: "There is no such file yet", fix: "npx wispy-auth migrate" }];
    }
    const path = await findSqliteFile(database);
    if (path === null) {
      return [
        {
          severity: "info",
          message: "The database is in memory: it is gone with its handle",
          fix: 'Name a file: createAuth({ database: "sqlite:./app.db" })',
        },
      ];
    }
    return (
      (await describeFileSystem(path)) ?? ok("The file is on a local disk, outside the temporary folder")
    );
  },
};

// statfs(2). Locks, and the memory that WAL shares, do not work across machines.
const networkFileSystems = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB"],
  [0xff534d42, "CIFS"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x01021997, "9P"],
]);
const inMemory = 0x01021994;

async function describeFileSystem(path: string): Promise<readonly Found[] | null> {
  // The numbers are Linux's.
  const type = process.platform === "linux" ? (await statfs(dirname(path))).type : null;
  const network = type === null ? undefined : networkFileSystems.get(type);
  if (network !== undefined) {
    return [
      {
        severity: "warning",
        message: `The file is on a network file system (${network}): SQLite's locks are not safe there, and WAL is not possible from two machines`,
        fix: "Put the file on a local disk, or use PostgreSQL",
        data: { fileSystem: network },
      },
    ];
  }
  if (type === inMemory) {
    return [
      {
        severity: "info",
        message: "The file is on a file system in memory: it is gone after a restart of the machine",
        fix: "Put the file on a disk",
        data: { fileSystem: "tmpfs" },
      },
    ];
  }
  if (!path.startsWith(tmpdir() + sep)) return null;
  return [
    {
      severity: "info",
      message: "The file is in the system's temporary folder, which may be emptied at any time",
      fix: "Put the file where the application keeps its data",
    },
  ];
}
