import type { SqlNode } from "./fragment.ts";
import type { AnyStatement } from "./render.ts";
import type { Heads } from "./statement.ts";

/** One statement of the text, and the calls that it stands for. */
export interface RowGroup {
  readonly statement: AnyStatement;
  readonly head: number | null;
  readonly places: number[];
}

/**
 * Puts the rows of one insert together: each statement of a `with` costs the server more than a row of it does.
 * Rows keep their order, and stand where the first of them was.
 */
export function groupRows(statements: readonly AnyStatement[], heads: Heads): readonly RowGroup[] {
  const groups: RowGroup[] = [];
  for (const [place, statement] of statements.entries()) {
    const head = heads[place] ?? null;
    const group = groups.find((other) => other.statement === statement && other.head === head);
    if (group !== undefined && takesRows(statement)) group.places.push(place);
    else groups.push({ statement, head, places: [place] });
  }
  return groups;
}

/** True for an insert whose parameters are all in its row, and which returns nothing. */
function takesRows({ body, outputs }: AnyStatement): boolean {
  return outputs.length === 0 && contains(body, "values") && !contains(body, "parameter");
}

/** True if a chained statement does nothing where its head returned no row. */
export function isGuarded({ body }: AnyStatement): boolean {
  return contains(body, "values") || contains(body, "guard");
}

function contains(node: SqlNode, kind: "values" | "parameter" | "guard"): boolean {
  if ("info" in node) return false;
  if (node.node === kind) return true;
  if (node.node === "fragment") return node.nodes.some((inner) => contains(inner, kind));
  return node.node === "dialect" && contains(node.postgres, kind);
}
