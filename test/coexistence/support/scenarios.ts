import {
  aboveHandles,
  aboveServers,
  all,
  handleColumns,
  namesOnly,
  noSqlite,
  pools,
  serverOnly,
  sqliteOnly,
  without,
  type Reasons,
} from "./scenario-handles.ts";

export interface Scenario {
  readonly number: number;
  readonly name: string;
  /** What holds, for a reader of the matrix. */
  readonly holds: string;
  /** A handle without an entry must have a test that passes. */
  readonly notFor: Reasons;
  /** Handles it is for, without a test of it. */
  readonly notRun?: Reasons;
  /** A part of the title of a test that shows it without bearing its number, such as one of the conformance suite. */
  readonly shownBy?: string;
}

/** What can go wrong between a library and the application whose database it lives in, and must not. */
export const scenarios: readonly Scenario[] = [
  {
    number: 1,
    name: "same-id-two-texts",
    holds: "Two modules that give one id to different SQL are refused at the start, both by name.",
    notFor: aboveHandles,
  },
  {
    number: 2,
    name: "same-text-two-modules",
    holds: "Two modules may declare the same SQL.",
    notFor: aboveHandles,
  },
  {
    number: 3,
    name: "rolling-deploy-names",
    holds: "Two releases alive at once through one pooler each run their own SQL.",
    notFor: namesOnly,
  },
  {
    number: 4,
    name: "app-PREPARE-collides",
    holds: "A statement of the application under a name of ours makes us take another name.",
    notFor: namesOnly,
  },
  {
    number: 5,
    name: "pooler-detected",
    holds: "Names are sent on direct connections, and none through a pooler.",
    notFor: namesOnly,
  },
  {
    number: 6,
    name: "naming-forced-on-pooler",
    holds: "Names forced on a pooler that cannot follow them are given up without an error for a caller.",
    notFor: namesOnly,
  },
  {
    number: 7,
    name: "add-column-under-load",
    holds: "Columns and tables come and go under load: no error, and nothing has to be run again.",
    notFor: noSqlite,
  },
  {
    number: 8,
    name: "alter-type-under-load",
    holds: "Columns that we return change their type under load: no error.",
    notFor: noSqlite,
  },
  {
    number: 9,
    name: "stale-plan-on-mps",
    holds: "A plan gone stale in a pooler that follows statements is healed by another text.",
    notFor: namesOnly,
    notRun: { "pg.Pool": "pgbouncer" },
  },
  {
    number: 10,
    name: "stale-plan-in-own-tx",
    holds:
      "A table altered between two statements of ours: the script runs once more, its write happens once.",
    notFor: namesOnly,
  },
  {
    number: 11,
    name: "stale-plan-in-host-tx",
    holds: "ALTER TABLE inside the application's transaction, and then a call of ours in it: both succeed.",
    notFor: noSqlite,
  },
  {
    number: 12,
    name: "discard-all-by-host",
    holds: "DISCARD ALL between our calls: no error.",
    notFor: noSqlite,
  },
  {
    number: 13,
    name: "deallocate-all-every-request",
    holds: "DEALLOCATE ALL before each call of ours: no error.",
    notFor: noSqlite,
  },
  {
    number: 14,
    name: "pipelined-pg-client",
    holds: "A statement that follows a failed Parse in a pipeline is recovered.",
    notFor: { ...namesOnly, ...all(["pg.Client", ...pools, "PGlite"], "pipelining") },
  },
  {
    number: 15,
    name: "lru-overflow",
    holds: "More statements than a pooler follows: no error.",
    notFor: namesOnly,
    notRun: { "pg.Pool": "pgbouncer" },
  },
  {
    number: 16,
    name: "cold-start-stampede",
    holds: "Many starts at once on an empty database apply each migration once.",
    notFor: {},
  },
  {
    number: 17,
    name: "stampede-repeatable-read",
    holds: "So do starts of a role whose transactions are serializable or repeatable read.",
    notFor: serverOnly,
  },
  {
    number: 18,
    name: "warm-start-one-rtt",
    holds: "A start on tables that are up to date is one statement.",
    notFor: {},
    shownBy: "a start on tables that are up to date is one statement",
  },
  {
    number: 19,
    name: "runtime-role-no-ddl",
    holds: "A role that may only read and write rows starts warm; cold, it is told which SQL to have run.",
    notFor: aboveServers,
  },
  {
    number: 20,
    name: "killed-mid-migration",
    holds: "A process or connection killed amid a migration leaves nothing half-made.",
    notFor: all(["PGlite", "@libsql/client in memory"], "inProcess"),
  },
  {
    number: 21,
    name: "ddl-behind-long-tx",
    holds: "A migration that waits for a long transaction does not hold up the application's reads.",
    notFor: aboveServers,
  },
  {
    number: 22,
    name: "host-has-users-table",
    holds: "The application's own `users`, sessions and migrations stay untouched.",
    notFor: {},
  },
  {
    number: 23,
    name: "search-path-hostile",
    holds: "Whatever the search_path says, our tables are the ones that are used.",
    notFor: noSqlite,
  },
  {
    number: 24,
    name: "newer-database",
    holds: "Older code on a newer database works, or is refused with what it lacks.",
    notFor: aboveHandles,
  },
  {
    number: 25,
    name: "drift-five-kinds",
    holds: "A dropped column, another type, a lost NOT NULL or index is reported; a column of yours is not.",
    notFor: aboveHandles,
  },
  {
    number: 26,
    name: "exported-sql-roundtrip",
    holds: "Migrations run by another tool make the same tables as ours.",
    notFor: aboveHandles,
  },
  {
    number: 27,
    name: "migration-lock-pooler",
    holds: "Starts at once through a pooler all finish, and no advisory lock is left.",
    notFor: serverOnly,
    shownBy: "and no advisory lock is left",
  },
  {
    number: 28,
    name: "pool-of-one",
    holds: "One connection is enough for everybody at once, transactions of the application included.",
    notFor: {},
  },
  {
    number: 29,
    name: "nested-connection-guard",
    holds: "A script that uses the handle beside its transaction is refused at once, and writes nothing.",
    notFor: {},
  },
  {
    number: 30,
    name: "join-rollback",
    holds: "A sign-up in the application's transaction commits with it, or leaves nothing.",
    notFor: {},
    shownBy: "a sign-up commits with the application's rows, or leaves nothing with them",
  },
  {
    number: 31,
    name: "expected-failure-in-host-tx",
    holds: "An address that is taken is a typed error, and the application's transaction stays usable.",
    notFor: {},
    shownBy: "an address that is taken is a typed error, and the transaction stays usable",
  },
  {
    number: 32,
    name: "commit-becomes-rollback",
    holds: "What was rolled back is never reported as committed.",
    notFor: {},
    shownBy: "never reports as committed what was rolled back",
  },
  {
    number: 33,
    name: "duplicate-signup-pool-churn",
    holds: "Addresses that are taken cost no connection.",
    notFor: {},
  },
  {
    number: 34,
    name: "connections-killed",
    holds: "Connections that are killed: the process lives, and the next call works.",
    notFor: { ...serverOnly, "pg.Client": "oneConnection" },
  },
  {
    number: 35,
    name: "server-restart",
    holds: "A restart of the server under load: errors of the connection alone, no write lost or doubled.",
    notFor: serverOnly,
  },
  {
    number: 36,
    name: "commit-unknown",
    holds: "A COMMIT whose answer is lost is reported as unknown, and nothing is written twice.",
    notFor: serverOnly,
  },
  {
    number: 37,
    name: "borrowed-close",
    holds: "close() twice leaves the handle in working order, after what was under way.",
    notFor: {},
    shownBy: "is given back in working order, after what is under way",
  },
  {
    number: 38,
    name: "connection-budget",
    holds: "Under load the server never sees more connections than the one pool may have.",
    notFor: { ...serverOnly, "pg.Client": "oneConnection" },
  },
  {
    number: 39,
    name: "pool-exhausted",
    holds: "Waiting for a connection ends with a typed error, and what gave up is not done later.",
    notFor: { ...all(handleColumns.sqlite, "noPool"), "pg.Client": "oneConnection" },
  },
  {
    number: 40,
    name: "lifetime-recycle",
    holds: "Connections that the pool replaces under load: no error.",
    notFor: { ...serverOnly, "pg.Client": "oneConnection" },
  },
  {
    number: 41,
    name: "leaked-session-state",
    holds: "No setting, lock, channel, temporary table or transaction of ours is left on a connection.",
    notFor: {},
  },
  {
    number: 42,
    name: "too-many-clients",
    holds: "A server without a free connection is asked again, and then reported by a typed error.",
    notFor: { ...serverOnly, "pg.Client": "oneConnection" },
  },
  {
    number: 43,
    name: "sqlite-stampede",
    holds: "Many starts at once on a new file apply each migration once.",
    notFor: { ...sqliteOnly, "@libsql/client in memory": "inProcess" },
  },
  {
    number: 44,
    name: "sqlite-busy-snapshot",
    holds: "Writers at once on one file: none is refused, none is lost.",
    notFor: { ...sqliteOnly, "@libsql/client in memory": "inProcess" },
  },
  {
    number: 45,
    name: "sqlite-async-interleave",
    holds: "A transaction that the application leaves open over an await takes no row of ours with it.",
    notFor: { ...sqliteOnly, ...without("PGlite"), ...without("pg.Client") },
  },
  {
    number: 46,
    name: "sqlite-fk-off",
    holds: "A handle without foreign keys is refused with what to do.",
    notFor: sqliteOnly,
  },
  {
    number: 47,
    name: "sqlite-ddl-vs-cached-stmt",
    holds: "DDL of the application between our calls: prepared statements go on working.",
    notFor: sqliteOnly,
  },
  {
    number: 48,
    name: "param-types",
    holds: "Values of every type come back as they went, and are found by the same values.",
    notFor: {},
    shownBy: "what was written is found by the same values",
  },
  {
    number: 49,
    name: "sql-lint",
    holds: "Every statement lists its columns, qualifies its tables and casts what it gives.",
    notFor: aboveHandles,
  },
  {
    number: 50,
    name: "chaos-mix",
    holds: "Altered tables, emptied sessions and killed connections at once: every write counted once.",
    notFor: serverOnly,
  },
];
