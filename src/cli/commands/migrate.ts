import { exitCodes } from "../exit-codes.ts";
import type { SchemaReport } from "../../schema/schema-manager.ts";
import type { Terminal } from "../terminal.ts";
import type { Command } from "./command.ts";

interface AppliedStep {
  readonly migration: string;
  /** False if another process applied it while this one waited. */
  readonly applied: boolean;
  readonly milliseconds: number;
}

/** Applies what is missing, one line for each migration. */
export const migrate: Command = async ({ terminal, open }) => {
  const { schema, place } = await open();
  terminal.print(terminal.style("dim", place));
  const steps: AppliedStep[] = [];
  let begun = 0;
  const report = await schema.migrate(({ migration, state }) => {
    if (state === "applying") {
      begun = performance.now();
      terminal.showProgress(`  ${migration} ...`);
      return;
    }
    const step = {
      migration,
      applied: state === "applied",
      milliseconds: Math.round(performance.now() - begun),
    };
    steps.push(step);
    printStep(step, terminal);
  });
  const applied = steps.filter((step) => step.applied).length;
  terminal.print(applied === 0 ? "Nothing to do: the schema is current" : `${countOf(applied)} applied`);
  warnOf(report, terminal);
  return { exitCode: exitCodes.ok, json: { migrations: steps, ...report } };
};

function printStep({ migration, applied, milliseconds }: AppliedStep, terminal: Terminal): void {
  const how = applied ? `applied in ${String(milliseconds)} ms` : "applied by another process meanwhile";
  terminal.print(`  ${terminal.style("green", migration)}  ${how}`);
}

/** What `migrate` does not mend and does not fail for either. */
function warnOf({ drift, newer }: SchemaReport, terminal: Terminal): void {
  for (const difference of drift) terminal.warn(`warning: ${difference}`);
  for (const { module, known, found } of newer) {
    terminal.warn(
      `warning: module ${module} is at version ${String(found)}; this version knows ${String(known)}`,
    );
  }
}

function countOf(migrations: number): string {
  return migrations === 1 ? "1 migration" : `${String(migrations)} migrations`;
}
