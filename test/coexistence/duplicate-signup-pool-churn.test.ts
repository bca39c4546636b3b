import pg from "pg";
import { describe, expect, inject, it, vi } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { errorCode, tally } from "../suite/core/support/error-code.ts";

/** Counts the connections a pool opens and destroys. */
function countConnections(pool: pg.Pool): { opened: number; destroyed: number } {
  const count = { opened: 0, destroyed: 0 };
  pool.on("connect", () => void (count.opened += 1));
  pool.on("remove", () => void (count.destroyed += 1));
  return count;
}

describe("failures that are everyday business", () => {
  it("D4-33 duplicate-signup-pool-churn: a plain pool.query destroys a connection for each duplicate", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const pool = new pg.Pool({ connectionString: database.url, max: 4 });
    await pool.query("create table users (email text unique)");
    await pool.query("insert into users values ('ann')");
    const count = countConnections(pool);
    for (let i = 0; i < 20; i += 1) {
      await expect(pool.query("insert into users values ('ann')")).rejects.toMatchObject({ code: "23505" });
    }
    await vi.waitFor(() => expect(count.destroyed).toBe(20));
    await pool.end();
    await database.drop();
  });

  it("D4-33 duplicate-signup-pool-churn: 1,000 duplicates and 100 wrong passwords destroy none", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const pool = new pg.Pool({ connectionString: database.url, max: 4 });
    const count = countConnections(pool);
    const auth = await createAuth({ database: pool, password: { hasher: cheapHasher } });
    const taken = newCredentials();
    const prepared = await auth.prepareSignUp(taken);
    await auth.signUp(taken);
    const codes: string[] = [];
    const callers = Array.from({ length: 10 }, async () => {
      for (let i = 0; i < 10; i += 1) codes.push(await errorCode(auth.signUp(taken)));
      for (let i = 0; i < 90; i += 1) codes.push(await errorCode(auth.users.create({ email: taken.email })));
      for (let i = 0; i < 10; i += 1)
        codes.push(await errorCode(auth.signIn({ ...taken, password: "wrong horse" })));
    });
    await Promise.all(callers);
    expect(tally(codes)).toEqual({ user_exists: 1000, invalid_credentials: 100 });
    const client = await pool.connect();
    await client.query("begin");
    expect(await errorCode(auth.within(client).signUp(prepared))).toBe("user_exists");
    await client.query("commit");
    client.release();
    console.log("1,000 duplicates, 100 wrong passwords:", count);
    expect(count.destroyed).toBe(0);
    expect(count.opened).toBeLessThanOrEqual(4);
    await auth.close();
    await pool.end();
    await database.drop();
  });
});
