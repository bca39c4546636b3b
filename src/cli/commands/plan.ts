import { createdTables, migrationLabel, renderMigration } from "../../schema/migration.ts";
import { allMigrations, catalogueOf } from "../../schema/export-sql.ts";
import { exitCodes } from "../exit-codes.ts";
import type { OpenSchema } from "../open-schema.ts";
import { formatTable } from "../terminal.ts";
import type { Command } from "./command.ts";

interface PlannedStep {
  readonly migration: string;
  readonly statements: number;
  /** With the namespace's prefix. */
  readonly createsTables: readonly string[];
}

/** Shows what `migrate` would do, in order. */
export const plan: Command = async ({ terminal, open }) => {
  const opened = await open();
  terminal.print(terminal.style("dim", opened.place));
  const steps = describeSteps(opened, await opened.schema.pending());
  if (steps.length === 0) {
    terminal.print("Nothing to do: the schema is current");
    return { exitCode: exitCodes.ok, json: { pending: steps } };
  }
  const rows = steps.map(({ migration, statements, createsTables }) => [
    migration,
    statements === 1 ? "1 statement" : `${String(statements)} statements`,
    createsTables.length === 0 ? "" : `creates ${createsTables.join(", ")}`,
  ]);
  for (const line of formatTable(rows)) terminal.print(`  ${line}`);
  terminal.print("wispy-auth migrate applies them; wispy-auth sql --pending prints them");
  return { exitCode: exitCodes.pending, json: { pending: steps } };
};

function describeSteps({ database, schema }: OpenSchema, pending: readonly string[]): PlannedStep[] {
  const { dialect, namespace } = database;
  const catalogue = catalogueOf(dialect, namespace);
  return allMigrations(schema.modules)
    .filter((step) => pending.includes(migrationLabel(step)))
    .map((step) => ({
      migration: migrationLabel(step),
      statements: renderMigration(step.migration, { dialect: catalogue.dialect, namespace }).length,
      createsTables: createdTables(step.migration, dialect).map((name) => namespace.prefix + name),
    }));
}
