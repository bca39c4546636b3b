import type { SchemaStatus } from "../../schema/schema-manager.ts";
import { exitCodes } from "../exit-codes.ts";
import type { OpenSchema } from "../open-schema.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import type { Command } from "./command.ts";

interface ModuleStatus {
  readonly module: string;
  /** The highest number applied; 0 for none. */
  readonly applied: number;
  /** The highest number this version knows. */
  readonly known: number;
  readonly lastAppliedAt: Date | null;
  /** Applied migrations that this version does not know, one of them not compatible with it. */
  readonly newer: boolean;
}

/** Shows each module's state, what is pending and what has drifted. */
export const status: Command = async ({ terminal, open }) => {
  const opened = await open();
  const found = await opened.schema.status();
  const modules = describeModules(opened, found);
  const { pending, drift } = found;
  terminal.print(terminal.style("dim", opened.place));
  for (const line of tableOf(modules, pending)) terminal.print(line);
  printList({ title: "Pending", lines: pending }, terminal);
  printList({ title: "Drift", lines: drift }, terminal);
  return { exitCode: exitCodeOfStatus(found, modules), json: { modules, pending, drift } };
};

function describeModules({ schema }: OpenSchema, { applied }: SchemaStatus): ModuleStatus[] {
  return schema.modules.map(({ name: module, migrations }) => {
    const own = applied.filter((entry) => entry.module === module);
    const last = own.at(-1);
    return {
      module,
      applied: last?.number ?? 0,
      known: migrations.length,
      lastAppliedAt: last?.appliedAt ?? null,
      newer: own.some(({ number, compatible }) => number > migrations.length && !compatible),
    };
  });
}

function tableOf(modules: readonly ModuleStatus[], pending: readonly string[]): string[] {
  return formatTable([
    ["Module", "Applied", "Pending", "Last applied"],
    ...modules.map(({ module, applied, known, lastAppliedAt, newer }) => [
      module,
      applied > known ? `${String(applied)} (${newer ? "newer" : "newer, compatible"})` : String(applied),
      String(pending.filter((label) => label.startsWith(`${module}/`)).length),
      lastAppliedAt === null ? "never" : lastAppliedAt.toISOString().slice(0, 16).replace("T", " ") + " UTC",
    ]),
  ]);
}

function printList(
  { title, lines }: { readonly title: string; readonly lines: readonly string[] },
  terminal: Terminal,
): void {
  if (lines.length === 0) return;
  terminal.print(terminal.style("yellow", title));
  for (const line of lines) terminal.print(`  ${line}`);
}

function exitCodeOfStatus({ pending, drift }: SchemaStatus, modules: readonly ModuleStatus[]): number {
  if (modules.some(({ newer }) => newer)) return exitCodes.newer;
  if (pending.length > 0) return exitCodes.pending;
  return drift.length > 0 ? exitCodes.drift : exitCodes.ok;
}
