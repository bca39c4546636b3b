import pg from "pg";
import { expect, inject, it } from "vitest";
import { findPgBouncer, startPgBouncer } from "./pgbouncer.ts";
import { postgresUrl } from "./postgres-server.ts";

it.skipIf(findPgBouncer() === null)(
  "PgBouncer hands the server's connections around, with its own settings",
  async () => {
    const bouncer = await startPgBouncer({
      server: inject("postgres"),
      defaultPoolSize: 1,
      serverResetQueryAlways: true,
    });
    const clients = [1, 2].map(() => new pg.Client({ connectionString: postgresUrl(bouncer!, "postgres") }));
    const backends = new Set<unknown>();
    for (const client of clients) {
      await client.connect();
      backends.add((await client.query("select pg_backend_pid() as pid")).rows[0]);
    }
    expect(clients.length).toBe(2);
    expect(new Set([...backends].map((row) => (row as { pid: number }).pid)).size).toBe(1);
    await Promise.all(clients.map((client) => client.end()));
    await bouncer!.stop();
  },
);
