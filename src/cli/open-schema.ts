import { existsSync } from "node:fs";
import { systemClock } from "../clock.ts";
import { connectReadOnly, type ReadOnlyDatabase } from "../database/connect-read-only.ts";
import { connect, type ConnectOptions } from "../database/connect.ts";
import type { Database } from "../database/database.ts";
import { AuthError } from "../errors.ts";
import { moduleSchemas } from "../module-schemas.ts";
import { SchemaManager } from "../schema/schema-manager.ts";
import type { Configuration } from "./load-configuration.ts";
import type { CommandName } from "./parse-arguments.ts";
import { redact } from "./redact.ts";

export interface OpenSchema {
  readonly database: Database;
  readonly schema: SchemaManager;
  /** The database in words; no password in it. */
  readonly place: string;
  /** True for a SQLite file that does not exist: an empty database stands in for it. */
  readonly fileMissing: boolean;
  close(): Promise<void>;
}

/**
 * Connects and hands over what a command needs.
 * @throws AuthError `configuration_invalid` if no database was named, and what `connect` throws
 */
export async function openSchema(configuration: Configuration, command: CommandName): Promise<OpenSchema> {
  const source = configuration.database ?? failWithoutDatabase();
  // Opening a SQLite file creates it. To the commands that only look, one that is not there is an empty database.
  const path = sqlitePath(source);
  const fileMissing = command !== "migrate" && path !== null && !existsSync(path);
  const options = {
    namespace: configuration.namespace,
    pool: configuration.pool ?? { max: 1, idle: 0 },
  };
  const { database, close } =
    command === "doctor" && path !== null && !fileMissing
      ? await connectReadOnly(path, options)
      : await connectAs(fileMissing ? "sqlite::memory:" : source, options);
  const schema = new SchemaManager({
    database,
    modules: moduleSchemas(configuration.modules),
    clock: systemClock,
    // `status` shows what is newer instead of failing for it.
    allowNewerSchema: configuration.allowNewerSchema || command === "status",
  });
  const place = describePlace(database, configuration);
  return {
    database,
    schema,
    place: fileMissing ? `${place}, no such file yet` : place,
    fileMissing,
    close,
  };
}

async function connectAs(source: unknown, options: ConnectOptions): Promise<ReadOnlyDatabase> {
  const database: Database = await connect(source, options);
  return { database, close: () => database.close() };
}

/** The file that a URL names; `null` for what names none. */
function sqlitePath(source: unknown): string | null {
  if (typeof source !== "string" || !source.startsWith("sqlite:")) return null;
  const path = source.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
  return path === "" || path === ":memory:" ? null : path;
}

function describePlace({ dialect, namespace }: Database, { database, file }: Configuration): string {
  const name =
    typeof database === "string" ? redact(database) : `the handle of ${file ?? "the configuration"}`;
  const prefix = namespace.prefix === "" ? [] : [`prefix ${namespace.prefix}`];
  const parts = dialect === "postgres" ? [`schema ${namespace.schema}`, ...prefix] : prefix;
  return `${name} (${parts.join(", ")})`;
}

function failWithoutDatabase(): never {
  throw new AuthError("configuration_invalid", {
    message:
      "No database was named: give --database URL, or set DATABASE_URL, or write wispy-auth.config.mjs",
  });
}
