import { randomUUID } from "node:crypto";
import { postgresUrl, type PostgresAddress } from "../../support/postgres-server.ts";
import type { TestDatabase } from "../../support/test-database.ts";
import { openPostgresHost, type TestHost } from "../../support/test-host.ts";

/** A login role without any right, on one database. */
export interface TestRole {
  readonly name: string;
  readonly url: string;
  open(options?: { readonly max?: number }): TestHost;
  /** Closes its handles, and takes from it what it owns and may do. */
  drop(): Promise<void>;
}

/** Makes the role through `owner`; `server` may be a pooler in front of it. */
export async function createRole(
  owner: TestHost,
  server: PostgresAddress,
  database: TestDatabase,
): Promise<TestRole> {
  const name = `role_${randomUUID().replaceAll("-", "")}`;
  await owner.query(`create role ${name} login password 'password'`);
  const url = postgresUrl({ ...server, user: name, password: "password" }, database.name);
  const hosts: TestHost[] = [];
  return {
    name,
    url,
    open({ max = 10 } = {}) {
      const host = openPostgresHost(url, { max });
      hosts.push(host);
      return host;
    },
    async drop() {
      await Promise.all(hosts.map((host) => host.close()));
      await owner.query(`drop owned by ${name} cascade`);
      await owner.query(`drop role ${name}`);
    },
  };
}
