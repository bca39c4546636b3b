import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { driverHandle, driverHandles } from "../support/driver-handles.ts";
import { findPgBouncer, startPgBouncer, type PgBouncer } from "../support/pgbouncer.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { errorCode } from "../suite/core/support/error-code.ts";
import { callWhile } from "./support/load.ts";

const options = { password: { hasher: cheapHasher }, log: () => undefined } as const;
const handles = driverHandles.filter(({ opens }) => opens === "url").map(({ name }) => name);
const pools = handles.filter((name) => name !== "pg.Client");

const othersHere =
  "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'";

describe.skipIf(findPgBouncer() === null)("starts at once through PgBouncer in transaction mode", () => {
  let bouncer: PgBouncer;
  beforeAll(async () => {
    bouncer = (await startPgBouncer({ server: inject("postgres"), defaultPoolSize: 3 }))!;
  });
  afterAll(() => bouncer.stop());

  it.each(handles)("D4-27 migration-lock-pooler: %s", async (name) => {
    const database = await createPostgresDatabase({ server: inject("postgres"), pooler: bouncer });
    const open = (): ReturnType<ReturnType<typeof driverHandle>["open"]> =>
      driverHandle(name).open(database.url, { max: 2, pooled: true });
    const [traffic, ...hosts] = await Promise.all([open(), open(), open(), open(), open()]);
    let auths: Awaited<ReturnType<typeof createAuth>>[] = [];
    const { errors } = await callWhile(
      async () => {
        auths = await Promise.all(hosts.map((host) => createAuth({ database: host.database, ...options })));
        await Promise.all(auths.map((auth) => auth.signUp(newCredentials())));
      },
      { callers: 2, call: () => traffic.query("select 1 as one") },
    );
    expect(errors).toEqual({});
    const direct = database.open({ direct: true, max: 1 });
    expect(await direct.query("select count(*)::int as n from wispy.migrations")).toEqual([{ n: 1 }]);
    expect(await direct.query("select count(*)::int as n from wispy.users")).toEqual([{ n: hosts.length }]);
    const locks = `select 1 from pg_locks where locktype = 'advisory' and pid in (${othersHere})`;
    expect(await direct.query(locks)).toEqual([]);
    for (const auth of auths) await auth.close();
    for (const host of [traffic, ...hosts]) await host.close();
    await database.drop();
  });
});

it.each(pools)("D4-40 lifetime-recycle: %s", async (name) => {
  const database = await createPostgresDatabase({ server: inject("postgres") });
  const host = await driverHandle(name).open(database.url, { recycles: true });
  const auth = await createAuth({ database: host.database, ...options });
  const account = newCredentials();
  const { token } = await auth.signUp(account);
  const watcher = database.open({ max: 1 });
  const seen = new Set<unknown>();
  /** Until every connection has been replaced twice. */
  const watch = async (): Promise<void> => {
    while (seen.size < 12) {
      for (const { pid } of await watcher.query(othersHere)) seen.add(pid);
      await sleep(5);
    }
  };
  const { errors } = await callWhile(watch, {
    callers: 6,
    call: async (caller) => {
      expect(await auth.getSession(token)).not.toBeNull();
      if (caller === 0) await auth.signIn(account);
    },
  });
  expect(errors).toEqual({});
  expect(auth.database.stats().statements.recovered).toEqual({ plan: 0, name: 0, pooler: 0 });
  await auth.close();
  await host.close();
  await database.drop();
});

// At once: each waits for five seconds until it is told that there is no room.
describe.concurrent("a role that may have no more connections", () => {
  it.each(pools)("D4-42 too-many-clients: %s", async (name) => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const admin = database.open({ max: 1 });
    const role = await createRole(admin, database.name);
    const host = await driverHandle(name).open(role.urlOf(database.url));
    const auth = await createAuth({ database: host.database, ...options });
    const { token } = await auth.signUp(newCredentials());
    await role.close();
    // Some packages wait before they connect again, and longer than we do.
    const typed = ["database_unavailable", "connection_timeout"];
    expect(typed).toContain(await errorCode(auth.getSession(token)));
    const asked = auth.signUp(newCredentials());
    await role.admit();
    const { user } = await asked;
    expect(await auth.listSessions(user.id)).toHaveLength(1);
    expect(await auth.getSession(token)).not.toBeNull();
    await auth.close();
    await host.close();
    await role.drop();
    await database.drop();
  });
});

interface Role {
  urlOf(url: string): string;
  /** Ends its connections, and has new ones refused with 53300. */
  close(): Promise<void>;
  admit(): Promise<void>;
  drop(): Promise<void>;
}

async function createRole(admin: TestHost, database: string): Promise<Role> {
  const role = `crowded_${randomUUID().replaceAll("-", "")}`;
  const inTurn = async (...texts: string[]): Promise<void> => {
    for (const text of texts) await admin.query(text);
  };
  await inTurn(
    `create role ${role} login password 'password'`,
    `grant create on database ${database} to ${role}`,
  );
  return {
    urlOf(url) {
      const { href } = Object.assign(new URL(url), { username: role, password: "password" });
      return href;
    },
    close: () =>
      inTurn(
        `alter role ${role} connection limit 0`,
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`,
      ),
    admit: () => inTurn(`alter role ${role} connection limit 10`),
    drop: () => inTurn(`drop owned by ${role} cascade`, `drop role ${role}`),
  };
}
