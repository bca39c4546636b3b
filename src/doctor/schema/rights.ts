import { quoteIdentifier } from "../../database/dialects/dialect.ts";
import { ok, type Check, type CheckContext } from "../check.ts";
import { lookUp } from "../look-up.ts";
import { tableNames } from "./schema-facts.ts";

const dialects = ["postgres"] as const;

export const createRight: Check = {
  id: "create-right",
  title: "Whether this role may create tables",
  dialects,
  async run({ schema, server }) {
    const { probe, plan } = await schema();
    if (probe.mayCreate) return ok("This role may create tables");
    const { role } = await server();
    return [
      {
        severity: "info",
        message:
          plan.pending.length === 0
            ? `Role ${role} may not create tables: nothing is pending, so it need not`
            : `Role ${role} may not create tables`,
        fix: "Keep it so, and run npx wispy-auth migrate as another role when you deploy",
        data: { role },
      },
    ];
  },
};

const rightNames = ["select", "insert", "update", "delete"] as const;

interface TableRights extends Record<(typeof rightNames)[number], boolean> {
  readonly table: string;
  readonly usage: boolean;
  readonly hidden: boolean;
}

// Asks about rights, not by them: none is needed.
const text = `select c.relname as table, has_schema_privilege(n.oid, 'usage') as usage,
  ${rightNames.map((right) => `has_table_privilege(c.oid, '${right}') as ${quoteIdentifier(right)}`).join(", ")},
  c.relrowsecurity and row_security_active(c.oid) as hidden
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1::text and c.relname in (select json_array_elements_text($2::json)) order by c.relname`;

function readRights({ database, settings }: CheckContext): Promise<readonly TableRights[]> {
  const tables = tableNames(settings.modules, database.namespace);
  return lookUp(database, text, [database.namespace.schema, JSON.stringify(tables)]);
}

export const tableRights: Check = {
  id: "table-rights",
  title: "Whether this role may use our tables",
  dialects,
  async run(context) {
    const { database, server } = context;
    const rights = await readRights(context);
    const { role } = await server();
    if (rights.length === 0) return ok("There are no tables of ours yet");
    const lacking = rights
      .map((table) => ({ table: table.table, rights: rightNames.filter((right) => !table[right]) }))
      .filter((table) => table.rights.length > 0);
    const usage = rights[0]!.usage;
    if (usage && lacking.length === 0) return ok("This role may use all of our tables");
    const schema = quoteIdentifier(database.namespace.schema);
    const what = [
      ...(usage ? [] : [`usage on schema ${database.namespace.schema}`]),
      ...groupByRights(lacking).map(([names, of]) => `${names} on ${of.join(", ")}`),
    ];
    const { prefix } = database.namespace;
    const tables =
      prefix === ""
        ? `all tables in schema ${schema}`
        : rights.map(({ table }) => database.table(table.slice(prefix.length))).join(", ");
    const grants = [
      `grant usage on schema ${schema} to ${quoteIdentifier(role)}`,
      `grant ${rightNames.join(", ")} on ${tables} to ${quoteIdentifier(role)}`,
    ];
    return [
      {
        severity: "error",
        message: `Role ${role} lacks ${what.join("; ")}`,
        fix: `As the owner: ${grants.join("; ")}`,
        data: { role, usage, lacking },
      },
    ];
  },
};

/** Tables that lack the same rights, together: `update, delete` of them all is one thing to say. */
function groupByRights(
  lacking: readonly { readonly table: string; readonly rights: readonly string[] }[],
): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const { table, rights } of lacking) {
    const names = rights.join(", ");
    groups.set(names, [...(groups.get(names) ?? []), table]);
  }
  return [...groups];
}

export const rowSecurity: Check = {
  id: "row-security",
  title: "Whether row-level security hides rows of ours",
  dialects,
  async run(context) {
    const tables = (await readRights(context)).filter(({ hidden }) => hidden).map(({ table }) => table);
    if (tables.length === 0) return ok("Row-level security hides no row of ours from this role");
    const { role } = await context.server();
    const { database } = context;
    const first = database.table(tables[0]!.slice(database.namespace.prefix.length));
    return [
      {
        severity: "error",
        message: `Row-level security is on for ${tables.join(", ")}: role ${role} sees the rows that its policies allow, and none without a policy`,
        fix: `alter table ${first} disable row level security${tables.length > 1 ? ", and so for the others" : ""}; other roles are kept out by rights`,
        data: { role, tables },
      },
    ];
  },
};
