import { AuthError } from "../../errors.ts";
import type { Statement } from "./statement.ts";

/** The only row of a result, which by the statement's nature has exactly one. */
export function exactlyOne<P, R>(statement: Statement<P, R>, rows: readonly unknown[]): R {
  if (rows.length === 1) return rows[0] as R;
  throw new AuthError("database_error", {
    message: `Statement ${statement.id} returned ${String(rows.length)} rows where one was expected`,
  });
}
