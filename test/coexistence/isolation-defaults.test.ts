import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials, testBaseUrl, type TestAuth } from "../support/create-test-auth.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import { allAtOnce, errorCode, tally } from "../suite/core/support/error-code.ts";
import { travelTogether } from "./support/account-journey.ts";

describe.each(["repeatable read", "serializable"])(
  "a role whose transactions are %s by default",
  (isolation) => {
    let database: TestDatabase;
    let pool: pg.Pool;
    let auth: TestAuth;
    beforeAll(async () => {
      database = await createPostgresDatabase({ server: inject("postgres") });
      const options = `-c default_transaction_isolation=${isolation.replace(" ", "\\ ")}`;
      pool = new pg.Pool({ connectionString: database.url, max: 20, options });
      expect((await pool.query("show transaction_isolation")).rows).toEqual([
        { transaction_isolation: isolation },
      ]);
      auth = await createAuth({ database: pool, baseUrl: testBaseUrl, password: { hasher: cheapHasher } });
    });
    afterAll(async () => {
      await auth.close();
      await pool.end();
      await database.drop();
    });

    it("makes no difference to 30 callers on the way through all routes", async () => {
      expect(await travelTogether(auth, { callers: 30, rounds: 2 })).toMatchObject({ wrong: [] });
    });

    it("makes no difference to 50 accounts with one address, and to 50 wrong passwords", async () => {
      const taken = newCredentials();
      const codes = await allAtOnce(50, () => errorCode(auth.users.create({ email: taken.email })));
      expect(tally(codes)).toEqual({ none: 1, user_exists: 49 });
      const other = newCredentials();
      await auth.signUp(other);
      const refused = await allAtOnce(50, () =>
        errorCode(auth.signIn({ ...other, password: "wrong horse" })),
      );
      expect(tally(refused)).toEqual({ invalid_credentials: 50 });
    });

    it("makes no difference inside the application's own transaction", async () => {
      const prepared = await allAtOnce(10, () => auth.prepareSignUp(newCredentials()));
      const outcomes = await Promise.all(
        prepared.map(async (one) => {
          const client = await pool.connect();
          try {
            await client.query("begin isolation level read committed");
            await auth.within(client).signUp(one);
            return (await client.query("commit")).command;
          } finally {
            client.release();
          }
        }),
      );
      expect(tally(outcomes)).toEqual({ COMMIT: 10 });
    });
  },
);

describe("a role whose transactions are read-only by default", () => {
  it("makes no difference to any route", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const options = "-c default_transaction_read_only=on";
    const pool = new pg.Pool({ connectionString: database.url, max: 5, options });
    const auth = await createAuth({
      database: pool,
      baseUrl: testBaseUrl,
      password: { hasher: cheapHasher },
    });
    try {
      expect(await travelTogether(auth, { callers: 3, rounds: 1 })).toMatchObject({ wrong: [] });
    } finally {
      await auth.close();
      await pool.end();
      await database.drop();
    }
  });
});
