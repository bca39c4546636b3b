import type { DialectName } from "../../database/database.ts";
import { resolveNamespace } from "../../database/namespace.ts";
import { AuthError } from "../../errors.ts";
import { migrationFormats } from "../../schema/export-formats/migration-formats.ts";
import { exportModules } from "../../schema/export-sql.ts";
import { exitCodes } from "../exit-codes.ts";
import { adoptSchema } from "../../adopt/migrations/adopt-schema.ts";
import { moduleSchemas } from "../../module-schemas.ts";
import type { Command, CommandContext } from "./command.ts";
import { sqlFolder } from "./sql-folder.ts";

/** Prints the migrations, or writes them into a migration tool's folder. Asks a database only for `--pending`. */
export const sql: Command = async (context) => {
  const { given, terminal } = context;
  if (given.format !== undefined) {
    return sqlFolder(context, { ...(await findPlace(context)), format: given.format });
  }
  const { dialect, text } = given.pending ? await pendingSql(context) : await allSql(context);
  terminal.print(text.trimEnd());
  return { exitCode: exitCodes.ok, json: { dialect, sql: text } };
};

interface Exported {
  readonly dialect: DialectName;
  readonly text: string;
}

async function pendingSql({ given, open }: CommandContext): Promise<Exported> {
  const { database, schema } = await open();
  const { dialect } = database;
  if (given.dialect !== undefined && given.dialect !== dialect) {
    throw new AuthError("configuration_invalid", {
      message: `--pending asks the database, which is ${dialect} and not ${given.dialect}`,
    });
  }
  if ((await schema.pending()).length === 0)
    return { dialect, text: "-- Nothing to do: the schema is current" };
  return { dialect, text: await schema.sql({ ...options(given), pendingOnly: true }) };
}

async function allSql(context: CommandContext): Promise<Exported> {
  const { modules, ...place } = await findPlace(context);
  return { dialect: place.dialect, text: exportModules(modules, { ...place, ...options(context.given) }) };
}

/** What the migrations are and where they are for. */
async function findPlace({ given, configuration, open }: CommandContext) {
  const onlyDialect = given.format !== undefined ? only(migrationFormats[given.format].dialects) : null;
  const known = given.dialect ?? dialectOfUrl(configuration.database) ?? onlyDialect;
  const { dialect, namespace } =
    known === null
      ? (await open()).database
      : { dialect: known, namespace: resolveNamespace(configuration.namespace, known) };
  // The tables of adopt belong to databases that it runs on, so they are printed where they are asked for alone.
  const installed = moduleSchemas(configuration.modules);
  const modules = given.module === adoptSchema.name ? [...installed, adoptSchema] : installed;
  return { modules, dialect, namespace };
}

function only<T>(values: readonly T[]): T | null {
  return values.length === 1 ? values[0]! : null;
}

function options({ module, transaction }: CommandContext["given"]) {
  return { transaction, ...(module === undefined ? {} : { module }) };
}

/** `null` for a handle, whose dialect `connect` finds out, and for what is no URL of ours. */
function dialectOfUrl(database: unknown): DialectName | null {
  if (typeof database !== "string") return null;
  if (/^postgres(ql)?:\/\//.test(database)) return "postgres";
  return database.startsWith("sqlite:") ? "sqlite" : null;
}
