import { ok, type Check } from "../check.ts";
import { plural } from "../plural.ts";

/** Whether statements get server-side names, and why. Naming is worth a factor of 1.5 to 4 for a session check. */
export const statements: Check = {
  id: "statements",
  title: "Whether statements are named, and why",
  dialects: ["postgres"],
  async run({ database }) {
    const { naming, pooler, statements: counts } = database.stats();
    const { plan, name, pooler: lost } = counts.recovered;
    const data = { naming, pooler, recovered: { plan, name, pooler: lost } };
    if (naming === "disabled_after_refusals") {
      return [
        {
          severity: "warning",
          message: `Statements are no longer named: the server or a pooler had lost ${plural(name + lost, "statement")} by the time they were used`,
          fix: 'Find what discards them (DISCARD ALL or DEALLOCATE ALL on pooled connections, a pooler that is not recognised), or set statements: "unnamed"',
          data,
        },
      ];
    }
    if (naming === "named" && pooler === "none") {
      return ok("Statements are named: the connection is direct");
    }
    if (naming === "named") {
      return [
        {
          severity: name + lost > 0 ? "warning" : "info",
          message: `Statements are named although a pooler may stand in between, because the option \`statements\` says so${name + lost > 0 ? `; it had lost ${plural(name + lost, "statement")}` : ""}`,
          fix: 'That needs PgBouncer 1.21 or newer with max_prepared_statements above 0; otherwise leave `statements` at "auto"',
          data,
        },
      ];
    }
    if (pooler === "present") {
      return [
        {
          severity: "info",
          message: "Statements are not named, because a pooler stands in between: each is planned anew",
          fix: 'Behind PgBouncer 1.21 or newer with max_prepared_statements above 0, set statements: "named"',
          data,
        },
      ];
    }
    return [
      {
        severity: "info",
        message:
          pooler === "none"
            ? 'Statements are not named although the connection is direct: `statements` is "unnamed", or the driver sends no names'
            : "Statements are not named, because it is not known whether a pooler stands in between",
        data,
      },
    ];
  },
};
