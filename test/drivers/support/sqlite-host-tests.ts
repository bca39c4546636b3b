import assert from "node:assert/strict";
import { createAuth, type Auth } from "wispy-auth";
import type { HostDatabase, TestRunner } from "wispy-auth/testing";
import { cheapHasher, newCredentials } from "../../support/create-test-auth.ts";
import type { DriverHandle } from "../../support/driver-handles.ts";
import { createSqliteDatabase, type TestDatabase } from "../../support/test-database.ts";

const changes = [
  "create table notes (id integer primary key, body text)",
  "alter table notes add column colour text",
  "alter table wispy_users add column nickname text",
  "create index users_nickname on wispy_users (nickname)",
  "drop index users_nickname",
  "alter table wispy_users drop column nickname",
  "alter table notes rename column colour to color",
  "drop table notes",
  "analyze",
  "vacuum",
] as const;

/** What an application does to a SQLite file that it shares with us, by whichever driver; for any test runner. */
export function sqliteHostTests(driver: DriverHandle, test: TestRunner): void {
  const { describe, it, beforeAll, afterAll } = test;
  const startAuth = (host: HostDatabase): Promise<Auth> =>
    createAuth({ database: host.database, password: { hasher: cheapHasher } });

  describe(`${driver.name}: a file shared with its application`, () => {
    let file: TestDatabase;
    let host: HostDatabase;
    let other: HostDatabase;
    let auth: Auth;
    beforeAll(async () => {
      file = await createSqliteDatabase();
      host = await driver.open(file.name);
      other = await driver.open(file.name);
      await host.query("PRAGMA journal_mode = WAL");
      auth = await startAuth(host);
    });
    afterAll(async () => {
      await auth.close();
      await host.close();
      await other.close();
      await file.drop();
    });

    for (const where of ["the same handle", "another handle"]) {
      it(`D4-47 sqlite-ddl-vs-cached-stmt: our statements go on working after DDL on ${where}`, async () => {
        const { email, password } = newCredentials();
        const { user, token } = await auth.signUp({ email, password });
        for (const change of changes) {
          await (where === "the same handle" ? host : other).query(change);
          assert.equal((await auth.getSession(token))?.user.id, user.id);
          assert.equal((await auth.signIn({ email, password })).user.id, user.id);
          assert.equal((await auth.users.update(user.id, { name: change })).name, change);
        }
        assert.equal((await auth.listSessions(user.id)).length, 1 + changes.length);
      });
    }

    it("D4-46 sqlite-fk-off: a handle without foreign keys is refused with what to do, and not changed", async () => {
      await other.query("PRAGMA foreign_keys = OFF");
      await assert.rejects(startAuth(other), { code: "configuration_invalid", message: /foreign_keys = ON/ });
      assert.deepEqual(await setting(other, "foreign_keys"), 0);
      await other.query("PRAGMA foreign_keys = ON");
      const again = await startAuth(other);
      const { user } = await again.signUp(newCredentials());
      assert.equal(await again.users.delete(user.id), true);
      const left = await other.query(`select 1 as one from wispy_sessions where user_id = '${user.id}'`);
      assert.equal(left.length, 0);
      await again.close();
    });

    it("a write waits for the lock of another handle without the handle's own waiting, which stays as it was", async () => {
      assert.equal(await setting(host, "busy_timeout"), 0);
      const { token } = await auth.signUp(newCredentials());
      const credentials = newCredentials();
      const prepared = await auth.prepareSignUp(credentials);
      const giveUp = await takeLock(other);
      let written = false;
      const signUp = auth.signUp(prepared).then(() => (written = true));
      for (let turn = 0; turn < 20; turn += 1) {
        assert.notEqual(await auth.getSession(token), null);
        await new Promise(setImmediate);
      }
      assert.equal(written, false);
      await giveUp();
      // Nothing of what found the file locked is in the way of the application's own transaction.
      await host.query("create table if not exists notes (body text)");
      await host.inTransaction(function* ({ query }) {
        yield query("insert into notes (body) values ('mine')");
      });
      await signUp;
      assert.equal((await auth.signIn(credentials)).user.email, credentials.email);
      assert.equal(await setting(host, "busy_timeout"), 0);
    });
  });
}

async function setting(host: HostDatabase, name: string): Promise<number> {
  const rows = await host.query(`PRAGMA ${name}`);
  return Number(Object.values(rows[0] ?? {})[0]);
}

/** Makes the application the one writer of the file; it is no longer by what is returned. */
async function takeLock(host: HostDatabase): Promise<() => Promise<void>> {
  if ("transaction" in (host.database as object) && "execute" in (host.database as object)) {
    let release: () => void = () => undefined;
    let over: Promise<void> | undefined;
    await new Promise<void>((taken, refused) => {
      over = host.inTransaction(function* () {
        taken();
        yield new Promise<void>((resolve) => (release = resolve));
      });
      over.catch(refused);
    });
    return async () => {
      release();
      await over;
    };
  }
  await host.query("begin immediate");
  return async () => void (await host.query("rollback"));
}
