import Database from "better-sqlite3";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";

describe("an application with its own ways on the better-sqlite3 handle we share", () => {
  let sqlite: Database.Database;
  beforeEach(() => {
    sqlite = new Database(":memory:");
    sqlite.exec("create table notes (n integer); insert into notes values (1), (2), (3)");
  });
  afterEach(() => void sqlite.close());
  const start = (): ReturnType<typeof createAuth> =>
    createAuth({ database: sqlite, password: { hasher: cheapHasher } });

  it("reads integers as BigInt by default: ours are numbers and dates, the application's stay BigInt", async () => {
    sqlite.defaultSafeIntegers(true);
    const auth = await start();
    const credentials = newCredentials();
    const { user, session, token } = await auth.signUp(credentials);
    expect(await auth.getSession(token)).toEqual({ user, session });
    expect(await auth.listEvents(user.id)).toMatchObject([{ occurredAt: expect.any(Date) as Date }]);
    expect((await auth.signIn(credentials)).user).toEqual(user);
    expect(sqlite.prepare("select n from notes").pluck().all()).toEqual([1n, 2n, 3n]);
    await auth.migrate();
    await auth.close();
  });

  it("goes through rows over many ticks: our reads are answered meanwhile, our writes when it is done", async () => {
    const auth = await start();
    const credentials = newCredentials();
    const { token } = await auth.signUp(credentials);
    const rows = sqlite.prepare<[], { n: number }>("select n from notes").iterate();
    rows.next();
    expect(() => sqlite.exec("insert into notes values (4)")).toThrow("busy executing a query");
    let written = false;
    const signIn = auth.signIn(credentials).then((result) => {
      written = true;
      return result;
    });
    for (let i = 0; i < 10; i += 1) {
      await sleep(10);
      expect(await auth.getSession(token)).not.toBeNull();
    }
    expect(written).toBe(false);
    expect([...rows]).toHaveLength(2);
    expect((await signIn).user.email).toBe(credentials.email);
    await auth.close();
  });
});
