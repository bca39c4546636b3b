import type { DatabaseStats } from "../../database/database.ts";
import { ok, type Check, type Found } from "../check.ts";
import { plural } from "../plural.ts";

/** Whether statements get server-side names, and why. A named one is planned once per connection. */
export const statements: Check = {
  id: "statements",
  title: "Whether statements are named, and why",
  dialects: ["postgres"],
  async run({ database }) {
    const stats = database.stats();
    const { naming, pooler } = stats;
    const found = explain(stats);
    if (found === null) return ok("Statements are named: the connection is direct");
    return [{ ...found, data: { naming, pooler, recovered: stats.statements.recovered } }];
  },
};

/** `null` where all is as it should be. */
function explain(stats: DatabaseStats): Found | null {
  const { pooler: lostByPooler, name: unknown } = stats.statements.recovered;
  const lost = plural(lostByPooler + unknown, "statement");
  switch (stats.naming) {
    case "disabled_after_refusals":
      return {
        severity: "warning",
        message: `Statements are no longer named: the server or a pooler had lost ${lost} by the time they were used`,
        fix: 'Find what discards them (DISCARD ALL or DEALLOCATE ALL on pooled connections, a pooler that is not recognised), or set statements: "unnamed"',
      };
    case "named":
      if (stats.pooler === "none") return null;
      return {
        severity: lostByPooler + unknown > 0 ? "warning" : "info",
        message: `Statements are named although a pooler may stand in between, because the option \`statements\` says so; so far ${lost} of ours got lost`,
        fix: 'That needs PgBouncer 1.21 or newer with max_prepared_statements above 0; otherwise leave `statements` at "auto"',
      };
    case "unnamed":
      return { severity: "info", ...explainUnnamed(stats.pooler) };
  }
}

function explainUnnamed(pooler: DatabaseStats["pooler"]): Pick<Found, "message" | "fix"> {
  switch (pooler) {
    case "present":
      return {
        message: "Statements are not named, because a pooler stands in between: each is planned anew",
        fix: 'Behind PgBouncer 1.21 or newer with max_prepared_statements above 0, set statements: "named"',
      };
    case "none":
      return {
        message:
          'Statements are not named although the connection is direct: `statements` is "unnamed", or the driver sends no names',
      };
    case "undetermined":
      return {
        message: "Statements are not named, because it is not known whether a pooler stands in between",
      };
  }
}
