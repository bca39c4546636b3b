import assert from "node:assert/strict";
import { createAuth, type Auth } from "wispy-auth";
import type { HostDatabase, TestRunner } from "wispy-auth/testing";
import { cheapHasher, newCredentials } from "../../support/create-test-auth.ts";
import type { DriverHandle } from "../../support/driver-handles.ts";
import { createSqliteDatabase, type TestDatabase } from "../../support/test-database.ts";

/** An application that awaits within a transaction on the one synchronous handle that it shares with us. */
export function syncHostTests(driver: DriverHandle, test: TestRunner): void {
  const { describe, it, beforeAll, afterAll } = test;

  describe(`${driver.name}: an application that awaits within a transaction`, () => {
    let file: TestDatabase;
    let host: HostDatabase;
    let auth: Auth;
    const countUsers = async (email: string): Promise<number> =>
      (await host.query(`select 1 as one from wispy_users where email = '${email}'`)).length;

    beforeAll(async () => {
      file = await createSqliteDatabase();
      host = await driver.open(file.name);
      await host.query("create table notes (body text not null)");
      auth = await createAuth({ database: host.database, password: { hasher: cheapHasher } });
    });
    afterAll(async () => {
      await auth.close();
      await host.close();
      await file.drop();
    });

    it("D4-45 sqlite-async-interleave: a write of ours is refused while it is open, reads go on, and writes work once it has ended", async () => {
      const credentials = newCredentials();
      const known = await auth.signUp(newCredentials());
      await host.query("begin");
      await host.query("insert into notes (body) values ('mine')");
      for (const call of [
        () => auth.signUp(credentials),
        () => auth.users.update(known.user.id, { name: "Ann" }),
        () => auth.signOut(known.token),
        () => auth.users.delete(known.user.id),
      ]) {
        await assert.rejects(call(), { code: "host_transaction_open" });
      }
      assert.equal((await auth.getSession(known.token))?.user.name, null);
      await host.query("rollback");
      assert.equal(await countUsers(credentials.email), 0);
      await auth.signUp(credentials);
      assert.equal(await countUsers(credentials.email), 1);
      assert.equal((await host.query("select body from notes")).length, 0);
    });

    it("D4-45 sqlite-async-interleave: a sign-up under way when it begins is refused or whole, never lost with it", async () => {
      for (let round = 0; round < 15; round += 1) {
        const credentials = newCredentials();
        const signedUp = auth.signUp(credentials).then(
          () => "done",
          (error: unknown) => (error as { code?: string }).code,
        );
        for (let turn = 0; turn < round % 5; turn += 1) await new Promise(setImmediate);
        await host.query("begin");
        for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
        await host.query("rollback");
        const outcome = await signedUp;
        assert.ok(outcome === "done" || outcome === "host_transaction_open", outcome);
        assert.equal(await countUsers(credentials.email), outcome === "done" ? 1 : 0);
      }
    });

    it("what is meant to join a transaction gives values at once, and is refused outside of one", async () => {
      const credentials = newCredentials();
      const prepared = await auth.prepareSignUp(credentials);
      const codeOf = (call: () => unknown): unknown => {
        try {
          return call();
        } catch (error) {
          return (error as { code?: unknown }).code;
        }
      };
      assert.equal(
        codeOf(() => auth.within(host.database).signUp(prepared)),
        "transaction_required",
      );
      const email = await host.inTransaction(function* ({ handle }) {
        const created = auth.within(handle).signUp(prepared) as unknown as { user: { email: string } };
        yield null;
        return created.user.email;
      });
      assert.equal(email, credentials.email);
      await host.close();
      assert.equal(
        codeOf(() => auth.within(host.database).signUp(prepared)),
        "database_closed",
      );
    });
  });
}
