import type { Database } from "../../database/database.ts";
import { ok, uncheckedFromOutside, type Check, type CheckContext } from "../check.ts";
import { findSqliteFile } from "./sqlite-file.ts";

const dialects = ["sqlite"] as const;

/** A setting of the connection, which says nothing about the application's if the connection is not its own. */
async function readSetting({ database, settings }: CheckContext, pragma: string): Promise<string | null> {
  if (settings.handle.kind === "own") return null;
  return readPragma(database, pragma);
}

async function readPragma(database: Database, name: string): Promise<string> {
  const [row] = await database.query(`pragma ${name}`);
  return String((row?.[0] ?? "") as string | number | bigint);
}

export const foreignKeys: Check = {
  id: "foreign-keys",
  title: "Whether foreign keys are enforced",
  dialects,
  async run(context) {
    const value = await readSetting(context, "foreign_keys");
    if (value === null) return uncheckedFromOutside();
    if (value === "1") return ok("Foreign keys are enforced");
    return [
      {
        severity: "error",
        message: "foreign_keys is off for this handle: a deleted user's sessions stay behind",
        fix: "pragma foreign_keys = on, after opening and outside a transaction",
      },
    ];
  },
};

export const journalMode: Check = {
  id: "journal-mode",
  title: "Whether readers and the writer can work at once",
  dialects,
  async run({ database, settings: { handle } }) {
    if (handle.kind === "own" && handle.fileMissing) return ok("migrate makes the file in WAL mode");
    const mode = await readPragma(database, "journal_mode");
    if (mode === "wal") return ok("journal_mode is wal: readers and the writer work at once");
    if ((await findSqliteFile(database)) === null)
      return ok("The database is in memory and needs no journal");
    return [
      {
        severity: "warning",
        message: `journal_mode is ${mode}: a write waits for every reader, and readers for it`,
        fix: "pragma journal_mode = wal, once: the file remembers it",
        data: { mode },
      },
    ];
  },
};

export const synchronous: Check = {
  id: "synchronous",
  title: "Whether what is written outlives a power cut",
  dialects,
  async run(context) {
    const value = await readSetting(context, "synchronous");
    if (value === null) return uncheckedFromOutside();
    if (value !== "0") return ok("synchronous is on");
    return [
      {
        severity: "warning",
        message: "synchronous is OFF: a power cut can lose or corrupt what was written",
        fix: "pragma synchronous = full, or normal in WAL mode",
      },
    ];
  },
};

export const busyTimeout: Check = {
  id: "busy-timeout",
  title: "Whether a busy file is waited for",
  dialects,
  async run(context) {
    const value = await readSetting(context, "busy_timeout");
    if (value === null) return uncheckedFromOutside();
    if (Number(value) > 0) return ok(`A busy file is waited for, ${value} ms long`);
    return [
      {
        severity: "warning",
        message:
          "busy_timeout is 0: your own statements fail at once (SQLITE_BUSY) while another connection writes",
        fix: "pragma busy_timeout = 1000, after opening",
      },
    ];
  },
};
