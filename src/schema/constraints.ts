import type { DialectName, Namespace } from "../database/database.ts";
import type { SchemaModule } from "./migration.ts";

export type ConstraintKind = "primary key" | "unique" | "foreign key" | "check";

/** What a foreign key points at. `onDelete` is in lower case: `cascade`, `no action`, ... */
export interface ForeignTarget {
  readonly table: string;
  readonly onDelete: string;
}

/** A rule that the database keeps for one of our tables. Tables are named with prefix; one outside of ours with its schema. */
export interface LiveConstraint {
  readonly table: string;
  readonly kind: ConstraintKind;
  /** `null` where the database does not tell: SQLite knows the names of checks alone. */
  readonly name: string | null;
  /** Empty for a check. */
  readonly columns: readonly string[];
  readonly target: ForeignTarget | null;
  /** False for one that holds for new rows alone (`not valid`). */
  readonly validated: boolean;
}

/** The same as the migrations wrote it; tables and name without prefix. */
interface ExpectedConstraint extends Pick<LiveConstraint, "table" | "kind" | "columns" | "target"> {
  readonly name: string;
  /** As it stands in the migration, names in braces. */
  readonly clause: string;
}

/** A rule of ours that the live tables lack, or keep in part. */
export interface ConstraintDifference {
  readonly expected: ExpectedConstraint;
  /** What stands in its place, or `null`. */
  readonly found: LiveConstraint | null;
}

/** Constraints are known by what they do, since tools rename them; checks, whose text a database rewrites, by name. */
export function findConstraintDrift(
  live: readonly LiveConstraint[],
  {
    modules,
    dialect,
    namespace: { prefix },
  }: {
    readonly modules: readonly SchemaModule[];
    readonly dialect: DialectName;
    readonly namespace: Namespace;
  },
): ConstraintDifference[] {
  const expected = modules.flatMap((module) => expectedConstraints(module, dialect));
  return expected.flatMap((constraint) => {
    const { table, kind, columns, target } = constraint;
    const alike = live.filter(
      (other) =>
        other.table === prefix + table &&
        other.kind === kind &&
        other.columns.join() === columns.join() &&
        other.target?.table === (target === null ? undefined : prefix + target.table) &&
        (kind !== "check" || other.name === prefix + constraint.name),
    );
    const equal = (other: LiveConstraint): boolean =>
      other.validated && other.target?.onDelete === target?.onDelete;
    return alike.some(equal) ? [] : [{ expected: constraint, found: alike[0] ?? null }];
  });
}

const ofTable = /^\s*(?:create table|alter table) \{(\w+)\}/i;
const dropped = /^\s*alter table \{\w+\} drop constraint (?:if exists )?\{constraint:(\w+)\}/i;
const begins = /constraint \{constraint:(\w+)\} (primary key|unique|foreign key|check) ?\(/gi;
const references =
  /references \{(\w+)\}(?: ?\([^)]*\))?(?: on delete (cascade|set null|set default|restrict))?/i;

/** The named constraints that a module's migrations leave behind on the tables it has. */
function expectedConstraints(module: SchemaModule, dialect: DialectName): readonly ExpectedConstraint[] {
  const found = new Map<string, ExpectedConstraint>();
  const kept = new Set(module.tables.map(({ name }) => name));
  for (const statement of module.migrations.flatMap((migration) => migration[dialect])) {
    const gone = dropped.exec(statement)?.[1];
    if (gone !== undefined) found.delete(gone);
    const table = ofTable.exec(statement)?.[1];
    if (table === undefined || gone !== undefined || !kept.has(table)) continue;
    for (const match of statement.matchAll(begins)) {
      const clause = clauseAt(statement, match.index);
      const kind = match[2]!.toLowerCase() as ConstraintKind;
      const [, to, onDelete = "no action"] = references.exec(clause) ?? [];
      found.set(match[1]!, {
        table,
        kind,
        name: match[1]!,
        columns: kind === "check" ? [] : columnsOf(clause),
        target: to === undefined ? null : { table: to, onDelete: onDelete.toLowerCase() },
        clause,
      });
    }
  }
  return [...found.values()];
}

function columnsOf(clause: string): string[] {
  const list = /\(([^)]*)\)/.exec(clause)?.[1] ?? "";
  return list.split(",").map((column) => column.trim().replaceAll('"', ""));
}

/** From `start` to the comma or parenthesis that ends the clause. */
function clauseAt(statement: string, start: number): string {
  let depth = 0;
  for (let i = start; i < statement.length; i += 1) {
    const character = statement[i];
    if (character === "(") depth += 1;
    if (depth === 0 && (character === "," || character === ")")) return statement.slice(start, i).trim();
    if (character === ")") depth -= 1;
  }
  return statement.slice(start).trim();
}
