import { existsSync } from "node:fs";
import { systemClock } from "../clock.ts";
import { coreSchema } from "../core/migrations/core-schema.ts";
import { connect } from "../database/connect.ts";
import type { Database } from "../database/database.ts";
import { AuthError } from "../errors.ts";
import type { SchemaModule } from "../schema/migration.ts";
import { SchemaManager } from "../schema/schema-manager.ts";
import type { Configuration } from "./load-configuration.ts";
import type { CommandName } from "./parse-arguments.ts";
import { redact } from "./redact.ts";

/** Every module whose tables the commands look after. */
export const installedModules: readonly SchemaModule[] = [coreSchema];

export interface OpenSchema {
  readonly database: Database;
  readonly schema: SchemaManager;
  /** The database in words; no password in it. */
  readonly place: string;
}

/**
 * Connects and hands over what a command needs.
 * @throws AuthError `configuration_invalid` if no database was named, and what `connect` throws
 */
export async function openSchema(configuration: Configuration, command: CommandName): Promise<OpenSchema> {
  const source = configuration.database ?? failWithoutDatabase();
  // Opening a SQLite file creates it. To the commands that only look, one that is not there is an empty database.
  const absent = command !== "migrate" && isAbsentFile(source);
  const database = await connect(absent ? "sqlite::memory:" : source, {
    namespace: configuration.namespace,
    pool: configuration.pool ?? { max: 1, idle: 0 },
  });
  const schema = new SchemaManager({
    database,
    modules: installedModules,
    clock: systemClock,
    // `status` shows what is newer instead of failing for it.
    allowNewerSchema: configuration.allowNewerSchema || command === "status",
  });
  const place = describePlace(database, configuration);
  return { database, schema, place: absent ? `${place}, no such file yet` : place };
}

function isAbsentFile(source: unknown): boolean {
  if (typeof source !== "string" || !source.startsWith("sqlite:")) return false;
  const path = source.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
  return path !== "" && path !== ":memory:" && !existsSync(path);
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
