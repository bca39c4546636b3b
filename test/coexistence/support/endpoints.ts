import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, inject } from "vitest";
import { findPgBouncer, startPgBouncer, type PgBouncerOptions } from "../../support/pgbouncer.ts";
import type { PostgresAddress } from "../../support/postgres-server.ts";
import { createPostgresDatabase, type TestDatabase } from "../../support/test-database.ts";

type PoolerSettings = Omit<PgBouncerOptions, "server">;

/** A way to reach PostgreSQL, of those that applications have. */
export interface Endpoint {
  readonly name: string;
  /** `null`: directly. */
  readonly pooler: PoolerSettings | null;
  /** Whether a statement's name means the same on every call of a client. */
  readonly keepsNames: boolean;
}

/** What an endpoint's tests run against; exists inside tests and hooks. */
export interface EndpointContext {
  readonly endpoint: Endpoint;
  readonly database: TestDatabase;
  /** Where clients connect. */
  readonly address: PostgresAddress;
}

const programVariable = "PGBOUNCER_BIN";
const transaction: Endpoint = { name: "PgBouncer, transaction mode", pooler: {}, keepsNames: false };
const direct: Endpoint = { name: "direct", pooler: null, keepsNames: true };
const olderPoolers: readonly Endpoint[] = [
  transaction,
  {
    name: "PgBouncer, transaction mode, DISCARD ALL in between",
    pooler: { serverResetQueryAlways: true },
    keepsNames: false,
  },
];
const newerPoolers: readonly Endpoint[] = [200, 0].map((maxPreparedStatements) => ({
  name: `PgBouncer >= 1.21, max_prepared_statements ${maxPreparedStatements}`,
  pooler: { maxPreparedStatements, program: process.env[programVariable] ?? "" },
  keepsNames: maxPreparedStatements > 0,
}));

export const endpoints = {
  direct: [direct],
  /** Without those that follow statements themselves. */
  olderPoolers,
  newerPoolers,
  /** The newer PgBouncer that follows 200 statements of each client. */
  following: newerPoolers.slice(0, 1),
  poolers: [...olderPoolers, ...newerPoolers],
  all: [direct, ...olderPoolers, ...newerPoolers],
};

/** Runs a suite at each endpoint, with an empty database of its own. One that this machine lacks is printed as not run. */
export function forEachEndpoint(
  name: string,
  given: readonly Endpoint[],
  suite: (ctx: EndpointContext) => void,
): void {
  for (const endpoint of given) {
    const lack = whatLacks(endpoint);
    if (lack !== null) console.log(`not run: ${name} (${endpoint.name}): ${lack}`);
    // No machine of ours has the newer PgBouncer; only what could have run here counts as skipped.
    if (lack !== null && endpoint.pooler?.program !== undefined) continue;
    describe.skipIf(lack !== null)(`${name} (${endpoint.name})`, () => suite(createContext(endpoint)));
  }
}

function createContext(endpoint: Endpoint): EndpointContext {
  let database: TestDatabase | undefined;
  let address: PostgresAddress = inject("postgres");
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    const server = inject("postgres");
    if (endpoint.pooler !== null) {
      const bouncer = await startPgBouncer({ server, ...endpoint.pooler });
      address = bouncer!;
      stop = () => bouncer!.stop();
    }
    database = await createPostgresDatabase({ server, pooler: address });
  });
  afterAll(async () => {
    await database?.drop();
    await stop();
  });
  return {
    endpoint,
    get database() {
      return database!;
    },
    get address() {
      return address;
    },
  };
}

function whatLacks({ pooler }: Endpoint): string | null {
  if (pooler === null) return null;
  if (pooler.program === undefined) return findPgBouncer() === null ? "pgbouncer is not installed" : null;
  if (pooler.program === "") return `${programVariable} names no PgBouncer of 1.21 or newer`;
  const [, minor = "0"] = /PgBouncer 1\.(\d+)/.exec(versionOf(pooler.program)) ?? [];
  return Number(minor) >= 21 ? null : `${programVariable} names an older PgBouncer`;
}

const versionOf = (program: string): string => execFileSync(program, ["--version"], { encoding: "utf8" });
