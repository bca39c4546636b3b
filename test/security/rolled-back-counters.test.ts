import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type pg from "pg";
import { countingHasher } from "../suite/core/support/counting-hasher.ts";
import { errorCode } from "../suite/core/support/error-code.ts";
import { dumpTables } from "../suite/http/support/dump-tables.ts";
import { createTestAuth, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";

forEachDatabase("DB-04: a failed sign-in beside the application's transaction", (ctx) => {
  const setUp = async ({ max }: { readonly max: number }) => {
    const host = ctx.database.open({ max });
    const hasher = countingHasher();
    const auth = await createTestAuth(ctx, {
      database: host.native,
      password: { hasher },
      pool: { connectionTimeoutSeconds: 1 },
    });
    const credentials = newCredentials();
    await auth.signUp(credentials);
    const guess = () =>
      errorCode(auth.signIn({ email: credentials.email, password: `wrong ${randomUUID()}` }));
    return { host, hasher, auth, guess, ...credentials };
  };

  const countFailures = async (): Promise<number> =>
    (await ctx.host.query(`select failures from ${ctx.table("attempts")}`)).reduce(
      (sum, row) => sum + Number(row["failures"]),
      0,
    );

  it("cannot be made inside it, and leaves it usable", async () => {
    const { host, auth, email, password } = await setUp({ max: 1 });
    const before = await dumpTables(ctx);
    if (ctx.dialect === "sqlite") {
      host.sqlite.exec("begin");
      expect(() => auth.within(host.sqlite).signIn({ email, password })).toThrow("Sign in outside");
      expect(auth.within(host.sqlite).users.getByEmail(email)).not.toBeNull();
      host.sqlite.exec("commit");
    } else {
      const client = await host.pool.connect();
      await client.query("begin");
      expect(() => auth.within(client).signIn({ email, password })).toThrow("Sign in outside");
      expect(await auth.within(client).users.getByEmail(email)).not.toBeNull();
      await client.query("commit");
      client.release();
    }
    expect(await dumpTables(ctx)).toEqual(before);
  });

  if (ctx.dialect === "postgres") {
    const inTransaction = async (pool: pg.Pool, work: () => Promise<void>): Promise<void> => {
      const client = await pool.connect();
      await client.query("begin");
      try {
        await work();
      } finally {
        await client.query("rollback");
        client.release();
      }
    };

    it("counts, though that transaction is rolled back", async () => {
      const { host, hasher, guess, email, password, auth } = await setUp({ max: 2 });
      const before = await countFailures();
      await inTransaction(host.pool, async () => {
        for (let i = 0; i < 7; i += 1) expect(await guess()).toBe("invalid_credentials");
      });
      expect(await countFailures()).toBe(before + 5);
      expect(hasher.verified()).toBe(5);
      expect(await errorCode(auth.signIn({ email, password }))).toBe("invalid_credentials");
    });

    it("fails with a clear error when the transaction has the pool's only connection, and tries nothing", async () => {
      const { host, hasher, guess } = await setUp({ max: 1 });
      const before = await dumpTables(ctx);
      await inTransaction(host.pool, async () => {
        expect(await guess()).toBe("connection_timeout");
      });
      expect(await dumpTables(ctx)).toEqual(before);
      expect(hasher.worked()).toBe(0);
      expect(await guess()).toBe("invalid_credentials");
      expect(host.pool.waitingCount).toBe(0);
    });
  } else {
    it("is refused while the only handle has that transaction open, and tries nothing", async () => {
      const { host, hasher, guess } = await setUp({ max: 1 });
      const before = await dumpTables(ctx);
      host.sqlite.exec("begin");
      expect(await guess()).toBe("host_transaction_open");
      host.sqlite.exec("rollback");
      expect(await dumpTables(ctx)).toEqual(before);
      expect(hasher.worked()).toBe(0);
      expect(await guess()).toBe("invalid_credentials");
      expect(await countFailures()).toBe(1);
    });
  }
});
