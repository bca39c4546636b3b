import type { Database } from "../../database/database.ts";
import { quoteIdentifier } from "../../database/dialects/dialect.ts";
import { lookUp } from "../look-up.ts";

/** A server setting, and where its value comes from: `database`, `user`, `configuration file`, `session`, ... */
export interface Setting {
  readonly value: string;
  readonly source: string;
}

/** What several checks ask of a PostgreSQL server. */
export interface ServerFacts {
  readonly database: string;
  readonly role: string;
  readonly inRecovery: boolean;
  readonly readOnly: Setting;
  readonly isolation: Setting;
  readonly maxConnections: number;
  /** Of all databases and roles. */
  readonly used: number;
  /** What is left of `maxConnections` for this role and database by their own limits and what is reserved. */
  readonly limit: number;
}

interface Row extends Omit<ServerFacts, "readOnly" | "isolation" | "limit"> {
  readonly readOnlyValue: string;
  readonly readOnlySource: string;
  readonly isolationValue: string;
  readonly isolationSource: string;
  readonly reserved: number;
  readonly roleLimit: number;
  readonly databaseLimit: number;
}

// reserved_connections came with PostgreSQL 16.
const text = `select current_database() as database, current_user as role, pg_is_in_recovery() as "inRecovery",
  r.setting as "readOnlyValue", r.source as "readOnlySource", i.setting as "isolationValue", i.source as "isolationSource",
  current_setting('max_connections')::int as "maxConnections",
  (select sum(numbackends) from pg_catalog.pg_stat_database) as used,
  current_setting('superuser_reserved_connections')::int
    + coalesce(current_setting('reserved_connections', true)::int, 0) as reserved,
  (select rolconnlimit from pg_catalog.pg_roles where rolname = current_user) as "roleLimit",
  (select datconnlimit from pg_catalog.pg_database where datname = current_database()) as "databaseLimit"
from pg_catalog.pg_settings r, pg_catalog.pg_settings i
where r.name = 'default_transaction_read_only' and i.name = 'default_transaction_isolation'`;

export async function readServerFacts(database: Database): Promise<ServerFacts> {
  const [row] = await lookUp<Row>(database, text);
  const { readOnlyValue, readOnlySource, isolationValue, isolationSource, ...facts } = row!;
  // -1 is no limit.
  const own = [row!.roleLimit, row!.databaseLimit].filter((limit) => limit >= 0);
  return {
    ...facts,
    readOnly: { value: readOnlyValue, source: readOnlySource },
    isolation: { value: isolationValue, source: isolationSource },
    limit: Math.min(row!.maxConnections - row!.reserved, ...own),
  };
}

/** How to put a setting back to what it is without whoever set it. */
export function resetSetting(name: string, { source }: Setting, { database, role }: ServerFacts): string {
  const [inDatabase, ofRole] = [quoteIdentifier(database), quoteIdentifier(role)];
  switch (source) {
    case "user":
      return `alter role ${ofRole} reset ${name}`;
    case "database":
      return `alter database ${inDatabase} reset ${name}`;
    case "database user":
      return `alter role ${ofRole} in database ${inDatabase} reset ${name}`;
    case "client":
      return `Take ${name} out of the connection's options (the URL, or PGOPTIONS)`;
    case "session":
      return `Take out whatever runs set ${name} on a pooled connection`;
    default:
      return `Set ${name} back in the server's configuration (${source})`;
  }
}
