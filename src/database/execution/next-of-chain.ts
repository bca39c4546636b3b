import type { StatementResult } from "../script.ts";
import { withHeadValues } from "../statements/head-value.ts";
import type { Call, Heads } from "../statements/statement.ts";

/**
 * The call to run after those that have results, where a step's statements run one after the other: with what its head
 * returned, or `null` if that was nothing.
 */
export function nextOfChain(
  call: Call<unknown>,
  { heads, results }: { readonly heads: Heads; readonly results: readonly StatementResult[] },
): Call<unknown> | null {
  const head = heads[results.length] ?? null;
  if (head === null) return call;
  const [row] = results[head]!.rows;
  return row === undefined ? null : withHeadValues(call, row);
}
