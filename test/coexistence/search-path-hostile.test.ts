import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { findPgBouncer, startPgBouncer } from "../support/pgbouncer.ts";
import { postgresUrl, type PostgresAddress } from "../support/postgres-server.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";

const tables = ["users", "sessions", "credentials", "events", "attempts", "devices", "migrations"];

/** A tenant's schema with tables called like ours, which nobody may touch. */
async function createDecoys(host: TestHost): Promise<void> {
  await host.query("create schema tenant");
  for (const name of tables) await host.query(`create table tenant.${name} (id uuid, decoy text not null)`);
}

async function expectDecoysUntouched(host: TestHost): Promise<void> {
  for (const name of tables) expect(await host.query(`select * from tenant.${name}`)).toEqual([]);
}

/** A user's whole way, so that each kind of statement is sent. */
async function useAll(pool: pg.Pool): Promise<void> {
  const auth = await createAuth({ database: pool, password: { hasher: cheapHasher } });
  const { email, password } = newCredentials();
  const { user, token } = await auth.signUp({ email, password });
  const other = await auth.signIn({ email, password });
  expect(await auth.getSession(token)).toMatchObject({ user: { id: user.id } });
  expect(await auth.listSessions(user.id)).toHaveLength(2);
  await auth.signIn({ email, password: "wrong horse wrong horse" }).catch(() => undefined);
  const changed = await auth.changePassword({
    token,
    currentPassword: password,
    newPassword: `${password}!`,
  });
  expect(await auth.getSession(other.token)).toBeNull();
  await auth.signOut(changed.token);
  await auth.close();
}

describe("a hostile search_path", () => {
  it.each(["tenant", "tenant, public", "''", "missing", "pg_temp"])(
    "D4-23 search-path-hostile: our tables are found with %s",
    async (path) => {
      const database = await createPostgresDatabase({ server: inject("postgres") });
      const host = database.open();
      await createDecoys(host);
      const pool = new pg.Pool({ connectionString: database.url, max: 2 });
      pool.on("connect", (client) => void client.query(`set search_path to ${path}`));
      await useAll(pool);
      const { rows } = await pool.query("show search_path");
      expect(rows).toEqual([{ search_path: path === "''" ? '""' : path }]);
      await pool.end();
      await expectDecoysUntouched(host);
      expect(await host.query("select count(*)::int as n from wispy.users")).toEqual([{ n: 1 }]);
      await database.drop();
    },
  );

  it.skipIf(findPgBouncer() === null)(
    "D4-23 search-path-hostile: our tables are found where another client's path leaks through PgBouncer",
    async () => {
      const server: PostgresAddress = inject("postgres");
      const bouncer = await startPgBouncer({ server, defaultPoolSize: 1 });
      const database = await createPostgresDatabase({ server, pooler: bouncer });
      const host = database.open({ direct: true });
      await createDecoys(host);
      const leaking = new pg.Client({ connectionString: postgresUrl(bouncer!, database.name) });
      await leaking.connect();
      await leaking.query("set search_path to tenant");
      const pool = new pg.Pool({ connectionString: database.url, max: 4 });
      expect((await pool.query("show search_path")).rows).toEqual([{ search_path: "tenant" }]);
      await useAll(pool);
      await pool.end();
      await leaking.end();
      await expectDecoysUntouched(host);
      await database.drop();
      await bouncer!.stop();
    },
  );
});
