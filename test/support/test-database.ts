import { randomUUID } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import type { DialectName } from "../../src/database/database.ts";
import { postgresUrl, type PostgresAddress } from "./postgres-server.ts";
import { createTemporaryFolder } from "./temporary-folder.ts";
import { openPostgresHost, openSqliteHost, type TestHost } from "./test-host.ts";

/** One database of a test's own, empty when made. */
export interface TestDatabase {
  readonly dialect: DialectName;
  /** What `createAuth({ database })` takes; through the pooler where the variant has one. */
  readonly url: string;
  /** Without the pooler. */
  readonly directUrl: string;
  /** SQLite: its file. PostgreSQL: its name. */
  readonly name: string;
  /** A new handle of an application; closed with the database, if not before. `max` is the pool's size. */
  open(options?: { readonly max?: number; readonly direct?: boolean }): TestHost;
  /** Closes every handle it opened and removes the database. */
  drop(): Promise<void>;
}

export interface PostgresDatabaseOptions {
  readonly server: PostgresAddress;
  /** What clients connect through, if not to the server. */
  readonly pooler?: PostgresAddress | null;
  /** How many connections a host's pool has, if the test does not say. Default 10. */
  readonly poolMax?: number;
}

export async function createPostgresDatabase(options: PostgresDatabaseOptions): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const { server, pooler, poolMax = 10 } = options;
  await administer(server, `create database ${name}`);
  const hosts: TestHost[] = [];
  const [url, directUrl] = [postgresUrl(pooler ?? server, name), postgresUrl(server, name)];
  return {
    dialect: "postgres",
    url,
    directUrl,
    name,
    open({ max = poolMax, direct = false } = {}) {
      const host = openPostgresHost(direct ? directUrl : url, { max });
      hosts.push(host);
      return host;
    },
    async drop() {
      await Promise.all(hosts.map((host) => host.close()));
      await administer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

export async function createSqliteDatabase(): Promise<TestDatabase> {
  const folder = await createTemporaryFolder("sqlite");
  const name = join(folder.path, "app.db");
  const hosts: TestHost[] = [];
  return {
    dialect: "sqlite",
    url: `sqlite:${name}`,
    directUrl: `sqlite:${name}`,
    name,
    open() {
      const host = openSqliteHost(name);
      hosts.push(host);
      return host;
    },
    async drop() {
      await Promise.all(hosts.map((host) => host.close()));
      await folder.remove();
    },
  };
}

async function administer(server: PostgresAddress, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(server, "postgres") });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
