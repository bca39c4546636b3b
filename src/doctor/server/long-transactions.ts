import { ok, type Check, type CheckContext, type Found } from "../check.ts";
import { tableNames } from "../schema/schema-facts.ts";
import { lookUp } from "../look-up.ts";
import { plural } from "../plural.ts";

interface Transaction {
  readonly pid: number;
  readonly role: string | null;
  readonly application: string;
  readonly state: string;
  readonly seconds: number;
  /** Those of our tables that it holds a lock on. */
  readonly tables: readonly string[];
}

const openText = `select a.pid, a.usename as role, coalesce(a.application_name, '') as application,
  coalesce(a.state, '') as state, floor(extract(epoch from clock_timestamp() - a.xact_start)) as seconds,
  (select coalesce(json_agg(distinct c.relname), '[]')
    from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_database d on d.oid = l.database and d.datname = current_database()
    where l.pid = a.pid and l.granted and n.nspname = $2::text
      and c.relname in (select json_array_elements_text($3::json))) as tables
from pg_catalog.pg_stat_activity a
where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
  and clock_timestamp() - a.xact_start >= make_interval(secs => $1::int)
order by a.xact_start`;

// What a server says in place of another role's query to a role without pg_read_all_stats.
const hiddenText = `select count(*) as hidden from pg_catalog.pg_stat_activity
where datname = current_database() and query = '<insufficient privilege>'`;

export const longTransactions: Check = {
  id: "long-transactions",
  title: "Whether transactions have been open for long",
  dialects: ["postgres"],
  async run({ database, settings: { longTransactionSeconds, modules } }: CheckContext) {
    const { namespace } = database;
    const tables = JSON.stringify(tableNames(modules, namespace));
    const values = [longTransactionSeconds, namespace.schema, tables];
    const open = await lookUp<Transaction>(database, openText, values);
    const [counted] = await lookUp<{ readonly hidden: number }>(database, hiddenText);
    if (open.length > 0) return open.map(describe);
    const none = `No transaction has been open for ${String(longTransactionSeconds)} s`;
    const { hidden } = counted!;
    if (hidden === 0) return ok(none);
    return [
      {
        severity: "info",
        message: `${none} as far as this role can see: ${plural(hidden, "session")} of other roles ${hidden === 1 ? "is" : "are"} hidden from it`,
        fix: "grant pg_read_all_stats to this role, or look as one that has it",
        data: { hidden },
      },
    ];
  },
};

function describe(transaction: Transaction): Found {
  const { pid, role, application, state, seconds, tables } = transaction;
  const who = [`process ${String(pid)}`, application, role === null ? "" : `role ${role}`]
    .filter((part) => part !== "")
    .join(", ");
  const doing = state.startsWith("idle in transaction") ? "idle in a transaction" : "in a transaction";
  const holding = tables.length > 0;
  return {
    severity: holding ? "warning" : "info",
    message: `A session (${who}) has been ${doing} for ${duration(seconds)}${holding ? `, with locks on ${tables.join(", ")}: schema changes wait for it, and give up` : "; vacuum cannot clear what was deleted since"}`,
    fix: `End it in its application, or by select pg_terminate_backend(${String(pid)}); idle_in_transaction_session_timeout prevents the next`,
    data: { ...transaction },
  };
}

function duration(seconds: number): string {
  if (seconds < 120) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${String(minutes)} min` : `${String(Math.floor(minutes / 60))} h`;
}
