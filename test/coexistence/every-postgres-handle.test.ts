import { describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import type { HostDatabase } from "wispy-auth/testing";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { driverHandles, type DriverHandle } from "../support/driver-handles.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { errorCode, tally } from "../suite/core/support/error-code.ts";
import { interleaveTransactions } from "./support/interleave-transactions.ts";
import { stageOf, travelWhile, type HandleStage } from "./support/handle-stage.ts";

const options = { password: { hasher: cheapHasher }, log: () => undefined } as const;

describe.each(driverHandles.filter(({ dialect }) => dialect === "postgres"))("$name", (handle) => {
  const get = stageOf(handle);
  const name = handle.name;
  const onServer = handle.opens === "url";

  it(`D4-07 add-column-under-load: ${name}`, async () => {
    const stage = get();
    await stage.beside("create table organisations (name text)");
    await travelWhile(stage, async () => {
      for (let i = 1; i <= 8; i += 1) {
        await stage.beside(`alter table organisations add column c${String(i)} text`);
        await stage.beside(`alter table wispy.users add column host_${String(i)} text`);
        await stage.beside(`alter table organisations drop column c${String(i)}`);
      }
    });
    expect(stage.auth.database.stats().statements.recovered.plan).toBe(0);
  });

  it(`D4-08 alter-type-under-load: ${name}`, async () => {
    const stage = get();
    await travelWhile(stage, async () => {
      for (let i = 1; i <= 6; i += 1) {
        const type = i % 2 === 1 ? "varchar(400)" : "text";
        await stage.beside(`alter table wispy.users alter column name type ${type}`);
      }
    });
  });

  it(`D4-11 stale-plan-in-host-tx: ${name}`, async () => {
    const { host, auth, journey } = get();
    await journey();
    const prepared = await auth.prepareSignUp(newCredentials());
    const made = await host.inTransaction(function* ({ query, handle: tx }) {
      yield query("alter table wispy.users alter column name type varchar(300)");
      yield query("alter table wispy.sessions alter column user_agent type varchar(600)");
      const signedUp = (yield auth.within(tx).signUp(prepared)) as { user: { id: string } };
      yield query("alter table wispy.users alter column name type text");
      return signedUp;
    });
    expect(await auth.users.get(made.user.id)).not.toBeNull();
    await journey();
  });

  it(`D4-12 discard-all-by-host: ${name}`, async () => {
    const { host, journey } = get();
    for (let i = 0; i < 4; i += 1) {
      await host.query("discard all");
      await journey();
    }
  });

  it(`D4-13 deallocate-all-every-request: ${name}`, async () => {
    const { host, auth } = get();
    const { token } = await auth.signUp(newCredentials());
    for (let i = 0; i < 12; i += 1) {
      await host.query("deallocate all");
      expect(await auth.getSession(token)).not.toBeNull();
    }
  });

  it(`D4-16 cold-start-stampede: ${name}`, async () => {
    const database = onServer ? await createPostgresDatabase({ server: inject("postgres") }) : null;
    const host = await handle.open(database?.url ?? "", { max: 8 });
    const auths = await Promise.all(
      Array.from({ length: 6 }, () => createAuth({ database: host.database, ...options })),
    );
    const rows = await host.query("select count(*)::int as applied from wispy.migrations");
    expect(Number(rows[0]!["applied"])).toBe(1);
    for (const auth of auths) await auth.close();
    await host.close();
    await database?.drop();
  });

  inCase(onServer)(`D4-17 stampede-repeatable-read: ${name}`, async () => {
    await onFreshDatabase(handle, {
      settings: ["default_transaction_isolation to 'serializable'"],
      async test(host) {
        const auths = await Promise.all(
          Array.from({ length: 4 }, () => createAuth({ database: host.database, ...options })),
        );
        const codes = await Promise.all(auths.map((auth) => errorCode(auth.signUp(newCredentials()))));
        expect(tally(codes)).toEqual({ none: 4 });
        for (const auth of auths) await auth.close();
      },
    });
  });

  it(`D4-22 host-has-users-table, D4-23 search-path-hostile: ${name}`, async () => {
    await onFreshDatabase(handle, {
      settings: ["search_path to tenant, nowhere"],
      before: [
        "create schema tenant",
        "create table tenant.users (id int, email text)",
        "create table public.users (id int, email text)",
        "insert into tenant.users values (1, 'theirs')",
      ],
      async test(host) {
        const auth = await createAuth({ database: host.database, ...options });
        const account = newCredentials();
        await auth.signUp(account);
        expect((await auth.signIn(account)).user.email).toBe(account.email);
        expect(await host.query("select id, email from tenant.users")).toEqual([{ id: 1, email: "theirs" }]);
        expect(await host.query("select id from public.users")).toEqual([]);
        await auth.close();
      },
    });
  });

  it(`D4-33 duplicate-signup-pool-churn: ${name}`, async () => {
    const stage = get();
    const { auth, host } = stage;
    const account = newCredentials();
    await auth.signUp(account);
    const before = await backends(stage);
    for (let round = 0; round < 5; round += 1) {
      const codes = await Promise.all(Array.from({ length: 10 }, () => errorCode(auth.signUp(account))));
      expect(tally(codes)).toEqual({ user_exists: 10 });
    }
    const kept = (await backends(stage)).filter((pid) => before.includes(pid));
    expect(kept).toEqual(before);
    expect(await host.query("select 1 as one")).toEqual([{ one: 1 }]);
  });

  inCase(onServer)(`D4-38 connection-budget: ${name}`, async () => {
    const stage = get();
    const work = Promise.all(Array.from({ length: 15 }, () => stage.journey()));
    const counts: number[] = [];
    let busy = true;
    const watching = (async () => {
      while (busy) counts.push((await backends(stage)).length);
    })();
    await work;
    busy = false;
    await watching;
    expect(Math.max(...counts)).toBeLessThanOrEqual(4);
  });

  it(`D4-41 leaked-session-state: ${name}`, async () => {
    const { host, journey } = get();
    await host.query("discard all");
    const state = () =>
      host.query(`select current_setting('search_path') as path, current_setting('lock_timeout') as lock_timeout,
        current_setting('synchronous_commit') as synchronous, current_setting('statement_timeout') as statement_timeout,
        (select count(*)::int from pg_locks where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())) as locks,
        (select count(*)::int from pg_listening_channels()) as channels`);
    const before = await state();
    await Promise.all([journey(), journey(), journey(), journey()]);
    expect(await Promise.all([state(), state(), state(), state()])).toEqual([before, before, before, before]);
  });

  inCase(name === "pg.Client")(`D4-45 sqlite-async-interleave: ${name}`, () => {
    const { host, auth } = get();
    return interleaveTransactions(host, auth);
  });

  // A client's one connection is all it has: nobody can give it another.
  inCase(onServer && name !== "pg.Client")(`D4-34 idle-kill: ${name}`, async () => {
    const stage = get();
    for (let i = 0; i < 3; i += 1) {
      for (const pid of await backends(stage))
        await stage.beside(`select pg_terminate_backend(${String(pid)})`);
      await stage.journey();
    }
  });
});

/** Declares a test only where there is something to test: docs/coexistence-matrix.md says why not elsewhere. */
function inCase(applies: boolean): (title: string, test: () => Promise<void>) => void {
  return (title, test) => {
    if (applies) it(title, test);
  };
}

/** The backends of the handle: those that came neither from the watcher nor from a tool. */
async function backends({ beside, handle }: HandleStage): Promise<number[]> {
  if (handle.opens !== "url") return [];
  const rows = (await beside(
    "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' order by pid",
  )) as readonly { pid: number }[];
  return rows.map(({ pid }) => pid);
}

interface Scene {
  /** As `set` takes them: for every session on the database. */
  readonly settings: readonly string[];
  readonly before?: readonly string[];
  readonly test: (host: HostDatabase) => Promise<void>;
}

async function onFreshDatabase(handle: DriverHandle, scene: Scene): Promise<void> {
  if (handle.opens === "nothing") return inProcess(await handle.open(""), scene);
  const database = await createPostgresDatabase({ server: inject("postgres") });
  const admin = database.open();
  for (const text of scene.before ?? []) await admin.query(text);
  for (const setting of scene.settings) {
    await admin.query(`alter role postgres in database ${database.name} set ${setting}`);
  }
  await admin.close();
  const host = await handle.open(database.url);
  try {
    await scene.test(host);
  } finally {
    await host.close();
    await database.drop();
  }
}

/** The one session that there is. */
async function inProcess(host: HostDatabase, { settings, before = [], test }: Scene): Promise<void> {
  for (const text of before) await host.query(text);
  for (const setting of settings) await host.query(`set ${setting}`);
  try {
    await test(host);
  } finally {
    await host.close();
  }
}
