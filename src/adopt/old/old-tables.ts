import type { Database, DialectName } from "../../database/database.ts";
import type { Dialect } from "../../database/dialects/dialect.ts";
import { postgresDialect } from "../../database/dialects/postgres.ts";
import { sqliteDialect } from "../../database/dialects/sqlite.ts";
import { json, text } from "../../database/statements/value-type.ts";
import { AuthError } from "../../errors.ts";

/** Where the Go library's tables are. */
export interface OldPlace {
  /** PostgreSQL schema. Default `public`. */
  readonly schema?: string;
  /** Put before every table name. Default none. */
  readonly prefix?: string;
}

/** The Go library's tables, found and recognised. They are read and never written. */
export interface OldTables {
  /** The users table in words, such as `public.users`: what the mapping calls these tables. */
  readonly source: string;
  readonly dialect: Dialect;
  /** Qualified and quoted, for SQL. */
  table(name: string): string;
  /** A table as the mapping names it, such as `public.referral_codes`. */
  sourceOf(name: string): string;
  /** Whether the tables of its referrals module are there too. */
  readonly hasReferrals: boolean;
  /** Whether one of the tables that were asked for has these columns. */
  hasColumns(name: string, columns: readonly string[]): boolean;
}

/**
 * What is read, by table: the core and referrals schemas of github.com/wispberry-tech/wispy-auth at commit 89e856b
 * (`core/sql/*.sql`, `referrals/sql/*.sql`).
 */
const coreColumns: Readonly<Record<string, string>> = {
  users:
    "id uuid email username first_name last_name password_hash avatar_url provider provider_id email_verified " +
    "is_active is_suspended created_at updated_at",
  user_security:
    "user_id login_attempts locked_until last_failed_login_at force_password_change two_factor_enabled updated_at",
  sessions: "id user_id",
  security_events: "id user_id event_type description ip_address user_agent created_at",
  oauth_states: "id",
};

const referralColumns: Readonly<Record<string, string>> = {
  referral_codes: "id generated_by",
  referral_relationships: "id referrer_user_id referred_user_id referral_code_id",
};

// Views too: an application may put some before tables that it has changed. Told by kind, not by what may be read.
const columnTexts: Record<DialectName, (prefixedNames: string, schema: string) => string> = {
  postgres: (names, schema) =>
    `select c.relname as t, a.attname as c from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind in ('r', 'p', 'v', 'm', 'f')
        and c.relname in (select jsonb_array_elements_text(${names})) and n.nspname = ${schema}`,
  sqlite: (names) =>
    `select m.name as t, c.name as c from sqlite_master m join pragma_table_info(m.name) c
      where m.type in ('table', 'view') and m.name in (select value from json_each(${names}))`,
};

/**
 * Looks for the Go library's tables, and for others beside them that a module asks for.
 * @throws AuthError `configuration_invalid` with what is missing of them, or if the place is our own
 */
export async function findOldTables(
  database: Database,
  { place = {}, others = [] }: { readonly place?: OldPlace | undefined; readonly others?: readonly string[] },
): Promise<OldTables> {
  const dialect = database.dialect === "postgres" ? postgresDialect : sqliteDialect;
  const { schema, prefix } = readPlace(database, place);
  const names = [...Object.keys(coreColumns), ...Object.keys(referralColumns), ...others].map(
    (name) => prefix + name,
  );
  const rows = await database.query(
    columnTexts[dialect.name](dialect.placeholder(1, json), dialect.placeholder(2, text)),
    [JSON.stringify(names), ...(dialect.name === "postgres" ? [schema] : [])],
  );
  const found = new Set(rows.map(([table, column]) => `${String(table)}.${String(column)}`));
  const isThere = (name: string): boolean => rows.some(([table]) => table === prefix + name);
  const missing = missingFrom(coreColumns, { found, isThere, prefix });
  // A table of the application's own may have one of these names.
  const hasReferrals = missingFrom(referralColumns, { found, isThere, prefix }).length === 0;
  const where = dialect.name === "postgres" ? `${schema}.${prefix}` : prefix;
  if (missing.length > 0) throw notRecognised(where, missing);
  return {
    source: `${where}users`,
    sourceOf: (name) => where + name,
    dialect,
    table: (name) => dialect.tableName({ schema, prefix }, name),
    hasReferrals,
    hasColumns: (name, columns) => columns.every((column) => found.has(`${prefix}${name}.${column}`)),
  };
}

function readPlace(database: Database, place: OldPlace): Required<OldPlace> {
  const { namespace, dialect } = database;
  if (dialect === "sqlite" && place.schema !== undefined) {
    throw invalid("The old tables have no schema on SQLite; say where they are by their prefix");
  }
  const { schema = "public", prefix = "" } = place;
  const sameSchema = dialect === "sqlite" || schema === namespace.schema;
  if (sameSchema && prefix === namespace.prefix) {
    throw invalid("The old tables cannot be in the namespace of the new ones; choose another namespace");
  }
  return { schema, prefix };
}

function missingFrom(
  expected: Readonly<Record<string, string>>,
  {
    found,
    isThere,
    prefix,
  }: {
    readonly found: ReadonlySet<string>;
    readonly isThere: (name: string) => boolean;
    readonly prefix: string;
  },
): string[] {
  return Object.entries(expected).flatMap(([name, columns]) => {
    if (!isThere(name)) return [`table ${prefix}${name}`];
    const paths = columns.split(" ").map((column) => `${prefix}${name}.${column}`);
    return paths.filter((path) => !found.has(path));
  });
}

function notRecognised(where: string, missing: readonly string[]): AuthError {
  const place = where === "" ? "without a prefix" : `at ${where}*`;
  return invalid(
    `There are no tables of the Go library wispy-auth (as of its commit 89e856b) ${place}: missing ${missing.join(", ")}`,
  );
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message });
}

/** SQL with its values: for `database.query`, or for a step of a script. */
export interface OldQuery {
  readonly text: string;
  readonly values: readonly unknown[];
}
