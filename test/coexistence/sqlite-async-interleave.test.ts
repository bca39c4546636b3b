import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";

describe("an application that awaits within a transaction on the handle it lends", () => {
  let database: TestDatabase;
  let host: Database.Database;
  let auth: TestAuth;
  let log: string[] = [];
  beforeAll(async () => {
    database = await createSqliteDatabase();
    host = new Database(database.name, { verbose: (text) => void log.push(String(text)) });
    host.exec("create table notes (id integer primary key, body text not null)");
    auth = await createAuth({ database: host, password: { hasher: cheapHasher } });
  });
  afterAll(async () => {
    await auth.close();
    host.close();
    await database.drop();
  });
  const countUsers = (email: string): number =>
    host.prepare("select 1 from wispy_users where email = ?").all(email).length;

  it("D4-45 sqlite-async-interleave: a write of ours is refused while it is open, and works once it has ended", async () => {
    const { email, password } = newCredentials();
    const known = await auth.signUp(newCredentials());
    host.exec("begin");
    host.exec("insert into notes (body) values ('mine')");
    for (const call of [
      () => auth.signUp({ email, password }),
      () => auth.users.update(known.user.id, { name: "Ann" }),
      () => auth.signOut(known.token),
      () => auth.users.delete(known.user.id),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "host_transaction_open" });
    }
    expect(host.inTransaction).toBe(true);
    host.exec("rollback");
    expect(countUsers(email)).toBe(0);
    expect(await auth.getSession(known.token)).toMatchObject({ user: { name: null } });
    await auth.signUp({ email, password });
    expect(countUsers(email)).toBe(1);
  });

  it("D4-45 sqlite-async-interleave: reads go on meanwhile", async () => {
    const { user, token } = await auth.signUp(newCredentials());
    host.exec("begin");
    expect(await auth.getSession(token)).toMatchObject({ user });
    expect(await auth.users.get(user.id)).toEqual(user);
    host.exec("rollback");
    expect(await auth.getSession(token)).toMatchObject({ user });
  });

  it("D4-45 sqlite-async-interleave: a sign-up under way when it begins is refused or whole, never lost with it", async () => {
    for (let round = 0; round < 20; round += 1) {
      const { email, password } = newCredentials();
      const signedUp = auth.signUp({ email, password }).then(
        () => "done",
        (error: unknown) => (error as { code?: string }).code,
      );
      for (let turn = 0; turn < round % 5; turn += 1) await new Promise(setImmediate);
      host.exec("begin");
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      host.exec("rollback");
      const outcome = await signedUp;
      expect(["done", "host_transaction_open"]).toContain(outcome);
      expect(countUsers(email)).toBe(outcome === "done" ? 1 : 0);
    }
  });

  it("D4-45 sqlite-async-interleave: no statement of the application comes between those of our transaction", async () => {
    log = [];
    const insert = host.prepare("insert into notes (body) values ('busy')");
    let over = false;
    const busy = (async () => {
      while (!over) {
        insert.run();
        await new Promise(setImmediate);
      }
    })();
    await Promise.all(Array.from({ length: 30 }, () => auth.signUp(newCredentials())));
    over = true;
    await busy;
    let inside = false;
    let transactions = 0;
    for (const text of log) {
      if (/^begin/i.test(text)) inside = true;
      if (inside) expect(text).not.toContain("notes");
      if (/^commit/i.test(text)) {
        inside = false;
        transactions += 1;
      }
    }
    expect(transactions).toBe(30);
    expect(log.some((text) => text.includes("notes"))).toBe(true);
  });

  it("D4-45 sqlite-async-interleave: what is meant to join it, joins it", async () => {
    const { email, password } = newCredentials();
    const prepared = await auth.prepareSignUp({ email, password });
    const rollBack = new Error("the application changed its mind");
    const write = host.transaction((fails: boolean) => {
      host.exec("insert into notes (body) values ('joined')");
      auth.within(host).signUp(prepared);
      if (fails) throw rollBack;
    });
    expect(() => write(true)).toThrow(rollBack);
    expect(countUsers(email)).toBe(0);
    write(false);
    expect(countUsers(email)).toBe(1);
    expect(host.prepare("select 1 from notes where body = 'joined'").all()).toHaveLength(1);
    expect(() => auth.within(host).signUp(prepared)).toThrow(
      expect.objectContaining({ code: "transaction_required" }),
    );
  });
});
