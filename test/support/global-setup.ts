import type { TestProject } from "vitest/node";
import { startPgBouncer } from "./pgbouncer.ts";
import { startPostgresServer, type PostgresAddress } from "./postgres-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The server all test files share. */
    postgres: PostgresAddress;
    /** A PgBouncer 1.18 or newer in transaction mode before it; `null` where none is installed. */
    pgbouncer: PostgresAddress | null;
  }
}

/** One PostgreSQL and one PgBouncer for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgresServer();
  const bouncer = await startPgBouncer({ server }).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const { host, port, user, password } = server;
  project.provide("postgres", { host, port, user, password });
  project.provide("pgbouncer", bouncer === null ? null : { host, port: bouncer.port, user, password });
  return async () => {
    await bouncer?.stop();
    await server.stop();
  };
}
