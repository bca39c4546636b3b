import assert from "node:assert/strict";
import { createAuth, type Auth } from "wispy-auth";
import type { HostDatabase, TestRunner } from "wispy-auth/testing";
import { cheapHasher, newCredentials } from "../../support/create-test-auth.ts";
import type { DriverHandle } from "../../support/driver-handles.ts";
import { createSqliteDatabase } from "../../support/test-database.ts";
import { errorCode, tally } from "../../suite/core/support/error-code.ts";
import { interleaveTransactions } from "./interleave-transactions.ts";

const ownTables = ["users", "sessions", "migrations"] as const;
const pragmas = ["foreign_keys", "busy_timeout", "journal_mode", "synchronous", "query_only", "user_version"];
const changes = [
  "create table notes (id integer primary key, body text)",
  "alter table wispy_users add column nickname text",
  "create index users_nickname on wispy_users (nickname)",
  "drop index users_nickname",
  "alter table wispy_users drop column nickname",
  "drop table notes",
  "vacuum",
] as const;

/** What every handle on SQLite must bear of the application that lends it; for any test runner. */
export function sqliteHandleTests(driver: DriverHandle, { describe, it }: TestRunner): void {
  const { name } = driver;

  describe(`${name}: coexistence`, () => {
    it(`D4-16 cold-start-stampede: ${name}`, () =>
      onFreshFile(driver, async ([host]) => {
        const auths = await Promise.all(Array.from({ length: 6 }, () => start(host)));
        assert.equal(await count(host, "wispy_migrations"), 1);
        for (const auth of auths) await auth.close();
      }));

    it(`D4-22 host-has-users-table: ${name}`, () =>
      onFreshFile(driver, async ([host]) => {
        for (const table of ownTables) {
          await host.query(`create table ${table} (id integer primary key, nickname text)`);
          await host.query(`insert into ${table} values (1, 'ann')`);
        }
        const auth = await start(host);
        const { token } = await auth.signUp(newCredentials());
        assert.notEqual(await auth.getSession(token), null);
        for (const table of ownTables) {
          assert.equal(await count(host, `${table} where id = 1 and nickname = 'ann'`), 1);
          assert.equal(await count(host, table), 1);
        }
        await auth.close();
      }));

    it(`D4-33 duplicate-signup-pool-churn: ${name}`, () =>
      onFreshFile(driver, async ([host]) => {
        const auth = await start(host);
        const account = newCredentials();
        await auth.signUp(account);
        await host.query("create temp table kept (n integer)");
        const codes = await Promise.all(Array.from({ length: 30 }, () => errorCode(auth.signUp(account))));
        assert.deepEqual(tally(codes), { user_exists: 30 });
        assert.equal(await count(host, "wispy_users"), 1);
        if (hasOneConnection(driver)) assert.equal(await count(host, "temp.kept"), 0);
        await auth.close();
      }));

    it(`D4-41 leaked-session-state: ${name}`, () =>
      onFreshFile(driver, async ([host]) => {
        const state = (): Promise<unknown[]> => inTurn(pragmas, (pragma) => setting(host, pragma));
        const before = await state();
        const auth = await start(host);
        const accounts = Array.from({ length: 4 }, () => newCredentials());
        await Promise.all(accounts.map((account) => auth.signUp(account)));
        assert.deepEqual(await state(), before);
        assert.equal(await count(host, "sqlite_temp_master"), 0);
        await auth.close();
        assert.deepEqual(await state(), before);
        // No transaction of ours is open: the application may begin its own.
        await host.inTransaction(function* ({ query }) {
          yield query("create table notes (body text)");
        });
      }));

    sharedFileTests(driver, it);
    hostTransactionTest(driver, it);

    it(`D4-46 sqlite-fk-off: ${name}`, () =>
      onFreshFile(driver, async ([host]) => {
        await host.query("PRAGMA foreign_keys = OFF");
        assert.equal(await errorCode(start(host)), "configuration_invalid");
        assert.equal(await setting(host, "foreign_keys"), "0");
        await host.query("PRAGMA foreign_keys = ON");
        const auth = await start(host);
        const { user } = await auth.signUp(newCredentials());
        assert.equal(await auth.users.delete(user.id), true);
        assert.equal(await count(host, "wispy_sessions"), 0);
        await auth.close();
      }));

    it(`D4-47 sqlite-ddl-vs-cached-stmt: ${name}`, () =>
      onFreshFile(driver, async ([host]) => {
        const auth = await start(host);
        const account = newCredentials();
        const { user, token } = await auth.signUp(account);
        for (const change of changes) {
          await host.query(change);
          assert.equal((await auth.getSession(token))?.user.id, user.id);
          assert.equal((await auth.signIn(account)).user.id, user.id);
          assert.equal((await auth.users.update(user.id, { name: change })).name, change);
        }
        assert.equal((await auth.listSessions(user.id)).length, 1 + changes.length);
        await auth.close();
      }));
  });
}

/** Several handles on one file, as processes have them; a database in memory has one door. */
function sharedFileTests(driver: DriverHandle, it: TestRunner["it"]): void {
  if (driver.opens !== "path") return;

  it(`D4-43 sqlite-stampede, D4-44 sqlite-busy-snapshot: ${driver.name}`, () =>
    onFreshFile(
      driver,
      async (hosts) => {
        // Where a transaction takes more than one tick, who blocks the process for the lock blocks who holds it.
        for (const host of hosts) await host.query("PRAGMA busy_timeout = 0");
        const auths = await Promise.all(hosts.map((host) => start(host)));
        assert.equal(await count(hosts[0], "wispy_migrations"), 1);
        const account = newCredentials();
        const codes = await Promise.all(
          auths.flatMap((auth) => [
            errorCode(auth.signUp(account)),
            ...Array.from({ length: 3 }, () => errorCode(auth.signUp(newCredentials()))),
          ]),
        );
        assert.deepEqual(tally(codes), { none: 1 + 3 * hosts.length, user_exists: hosts.length - 1 });
        assert.equal(await count(hosts[0], "wispy_users"), 1 + 3 * hosts.length);
        for (const auth of auths) await auth.close();
      },
      { handles: 3 },
    ));
}

/** A client with its own turns waits (libsql-client.test.ts); every other handle shares its one connection with us. */
function hostTransactionTest(driver: DriverHandle, it: TestRunner["it"]): void {
  if (driver.name.startsWith("@libsql/client")) return;

  it(`D4-45 sqlite-async-interleave: ${driver.name}`, () =>
    onFreshFile(driver, async ([host]) => {
      const auth = await start(host);
      await interleaveTransactions(host, auth);
      await auth.close();
    }));
}

type Hosts = readonly [HostDatabase, ...HostDatabase[]];

/** Runs a test with handles on an empty database, which is gone afterwards. */
async function onFreshFile(
  driver: DriverHandle,
  test: (hosts: Hosts) => Promise<void>,
  { handles = 1 }: { readonly handles?: number } = {},
): Promise<void> {
  const file = driver.opens === "path" ? await createSqliteDatabase() : null;
  const hosts: HostDatabase[] = [];
  try {
    for (let i = 0; i < handles; i += 1) hosts.push(await driver.open(file?.name ?? ""));
    await test(hosts as unknown as Hosts);
  } finally {
    for (const host of hosts) await host.close();
    await file?.drop();
  }
}

function start(host: HostDatabase): Promise<Auth> {
  return createAuth({
    database: host.database,
    password: { hasher: cheapHasher },
    log: () => undefined,
  });
}

/** A client of @libsql/client on a file opens more connections than one. */
function hasOneConnection({ name }: DriverHandle): boolean {
  return name !== "@libsql/client";
}

async function count(host: HostDatabase, from: string): Promise<number> {
  const rows = await host.query(`select count(*) as n from ${from}`);
  return Number(rows[0]?.["n"]);
}

async function setting(host: HostDatabase, pragma: string): Promise<string> {
  const rows = await host.query(`PRAGMA ${pragma}`);
  return String(Object.values(rows[0] ?? {})[0]);
}

async function inTurn<T, R>(values: readonly T[], work: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}
