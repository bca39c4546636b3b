import { createHash } from "node:crypto";
import type { DialectName } from "../../database/database.ts";
import { AuthError } from "../../errors.ts";
import {
  renderSql,
  type FileToWrite,
  type FolderContents,
  type MigrationFormat,
} from "./migration-format.ts";
import { counting } from "./next-numbers.ts";

/** The parts of `meta/_journal.json` that matter here. */
interface Journal {
  readonly version: string;
  readonly dialect: string;
  readonly entries: readonly JournalEntry[];
}

interface JournalEntry {
  readonly idx: number;
  readonly version: string;
  readonly when: number;
  readonly tag: string;
  readonly breakpoints: boolean;
}

type Snapshot = Readonly<Record<string, unknown>>;

const journalFile = "meta/_journal.json";
const nobody = "00000000-0000-0000-0000-000000000000";

// What drizzle-kit writes of a schema without tables.
const emptySnapshots: Record<DialectName, Snapshot> = {
  postgres: {
    id: nobody,
    version: "7",
    dialect: "postgresql",
    tables: {},
    enums: {},
    schemas: {},
    sequences: {},
    roles: {},
    policies: {},
    views: {},
    _meta: { columns: {}, schemas: {}, tables: {} },
  },
  sqlite: {
    id: nobody,
    version: "6",
    dialect: "sqlite",
    tables: {},
    views: {},
    enums: {},
    _meta: { schemas: {}, tables: {}, columns: {} },
    internal: { indexes: {} },
  },
};

/** drizzle-kit up to 0.31: what `drizzle-kit generate --custom` prepares, filled in. */
export const drizzle: MigrationFormat = {
  folder: "drizzle",
  dialects: ["postgres", "sqlite"],
  numbers: counting("0000"),
  migrationName: (path) => /^([^/]+)\.sql$/.exec(path)?.[1] ?? null,
  path: (number, name) => `${number}_${name}.sql`,
  // Drivers for SQLite take one statement at a time.
  render: (script) => renderSql(script, "\n--> statement-breakpoint\n"),
  sideFiles(added, { dialect, contents, now }) {
    let snapshot = lastSnapshot(contents) ?? emptySnapshots[dialect];
    const journal = readJournal(contents, snapshot);
    const entries = [...journal.entries];
    const files: FileToWrite[] = [];
    for (const { name: tag } of added) {
      const last = entries.at(-1);
      // The migrator skips what is older than the last one it has applied.
      const when = Math.max(now.getTime(), (last?.when ?? 0) + 1);
      entries.push({
        idx: (last?.idx ?? -1) + 1,
        version: versionOf(snapshot),
        when,
        tag,
        breakpoints: true,
      });
      snapshot = { ...snapshot, id: identify(snapshot, tag), prevId: snapshot["id"] };
      const path = `meta/${tag.split("_")[0]!}_snapshot.json`;
      files.push({ path, text: JSON.stringify(snapshot, null, 2), replaces: false });
    }
    const text = JSON.stringify({ ...journal, entries }, null, 2);
    return [...files, { path: journalFile, text, replaces: contents.has(journalFile) }];
  },
  exclusion: (_tables, { namespace }) =>
    namespace.prefix === "" ? null : `drizzle.config.ts needs  tablesFilter: ["!${namespace.prefix}*"]`,
};

function readJournal(contents: FolderContents, snapshot: Snapshot): Journal {
  const text = contents.get(journalFile);
  if (text !== undefined) return readJson(journalFile, text) as Journal;
  return { version: "7", dialect: String(snapshot["dialect"]), entries: [] };
}

/** The tables as the migration before left them; ours changes none that drizzle-kit knows of. */
function lastSnapshot(contents: FolderContents): Snapshot | null {
  const path = [...contents.keys()]
    .filter((name) => /^meta\/\d+_snapshot\.json$/.test(name))
    .sort()
    .at(-1);
  return path === undefined ? null : (readJson(path, contents.get(path)!) as Snapshot);
}

function readJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AuthError("configuration_invalid", { message: `${path} holds no JSON`, cause });
  }
}

function versionOf(snapshot: Snapshot): string {
  return String(snapshot["version"]);
}

/** A UUID that is the same each time. */
function identify(previous: Snapshot, tag: string): string {
  const hash = createHash("sha256")
    .update(`${String(previous["id"])} ${tag}`)
    .digest("hex");
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
