import { describeDifference, findDifferences, type Difference } from "../../schema/drift.ts";
import { findConstraintDrift, type ConstraintDifference } from "../../schema/constraints.ts";
import { ok, type Check, type Found } from "../check.ts";
import { repairConstraint, repairOf } from "./repair.ts";
import { tableNames } from "./schema-facts.ts";

const dialects = ["postgres", "sqlite"] as const;

export const drift: Check = {
  id: "drift",
  title: "Whether our tables have their columns and indexes",
  dialects,
  async run({ database, schema }) {
    const facts = await schema();
    const { dialect, namespace } = database;
    const differences = findDifferences(facts.probe, { modules: facts.settled, dialect, namespace });
    if (differences.length === 0) {
      return ok(
        facts.settled.length === 0
          ? "No module's tables are complete yet"
          : "Our tables have their columns, types, NOT NULLs and indexes",
      );
    }
    const present = new Set(facts.probe.columns.map(({ table }) => table));
    const ofPresent = differences.filter((one) => !("table" in one) || present.has(one.table));
    const absent = tableNames(facts.settled, namespace).filter((table) => !present.has(table));
    return [
      ...absent.map((table): Found => ({
        severity: "error",
        message: `Table ${table} is missing`,
        fix: "Restore it from a backup, or make it anew, empty, as npx wispy-auth sql prints it",
        data: { kind: "table_missing", table },
      })),
      ...ofPresent
        .filter((one) => !isOfAbsent(one, absent))
        .map((difference): Found => ({
          severity: "error",
          message: capitalised(describeDifference(difference)),
          fix: repairOf(difference, { database, facts }),
          data: difference,
        })),
    ];
  },
};

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Indexes are named after their table: one of a table that is gone is made again with it. */
function isOfAbsent(difference: Difference, absent: readonly string[]): boolean {
  return "index" in difference && absent.some((table) => difference.index.startsWith(`${table}_`));
}

/** Not looked at by a start: a statement of its own. */
export const constraints: Check = {
  id: "constraints",
  title: "Whether our tables have their keys and checks",
  dialects,
  async run({ database, schema }) {
    const facts = await schema();
    const { dialect, namespace } = database;
    const present = new Set(facts.probe.columns.map(({ table }) => table));
    const live = await facts.catalogue.readConstraints(database, tableNames(facts.settled, namespace));
    const differences = findConstraintDrift(live, { modules: facts.settled, dialect, namespace }).filter(
      ({ expected }) => present.has(namespace.prefix + expected.table),
    );
    if (differences.length === 0)
      return ok("Our tables have their primary and foreign keys and their checks");
    return differences.map((difference) => ({
      severity: "error",
      message: describeConstraint(difference, namespace.prefix),
      fix: repairConstraint(difference, { database, facts }),
      data: {
        table: namespace.prefix + difference.expected.table,
        constraint: namespace.prefix + difference.expected.name,
        kind: difference.expected.kind,
      },
    }));
  },
};

function describeConstraint({ expected, found }: ConstraintDifference, prefix: string): string {
  const { kind, columns, target, name } = expected;
  const table = prefix + expected.table;
  if (kind === "check") {
    return found === null
      ? `Table ${table} has lost its check ${prefix}${name}`
      : `Check ${found.name ?? name} of table ${table} is not validated`;
  }
  const what = `${kind} (${columns.join(", ")})${target === null ? "" : ` to ${prefix}${target.table}`}`;
  if (found === null) return `Table ${table} has lost its ${what}`;
  const onDelete = found.target?.onDelete;
  return onDelete === target?.onDelete
    ? `The ${what} of table ${table} is not validated`
    : `The ${what} of table ${table} is on delete ${onDelete ?? "unknown"}, expected ${target?.onDelete ?? "none"}`;
}
