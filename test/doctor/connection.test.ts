import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { diagnose } from "wispy-auth/doctor";
import { cheapHasher, createTestAuth, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { forDatabase, forEachDatabase } from "../support/for-each-database.ts";
import { findPgBouncer, startPgBouncer, type PgBouncerOptions } from "../support/pgbouncer.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import { fine, lookAt, openDoctored } from "./support/doctored.ts";

forEachDatabase("the doctor, about a database that does not answer,", (ctx) => {
  it("says so once, and of every other check that it could not look", async () => {
    const { auth } = await openDoctored(ctx);
    await auth.close();
    const [first, ...others] = await diagnose(auth.database);
    expect(first).toEqual({
      check: "connection",
      severity: "error",
      message: "The database does not answer: This Auth was closed",
      fix: "Look before the handle is closed",
      data: { code: "database_closed" },
    });
    expect(others.length).toBeGreaterThan(10);
    for (const { severity, data } of others) {
      expect({ severity, data }).toEqual({
        severity: "info",
        data: { unchecked: "the database does not answer" },
      });
    }
  });
});

forDatabase("postgres", "the doctor, about statements,", (ctx) => {
  it("says that they are not named where the application wants none", async () => {
    const { look } = await openDoctored(ctx, { statements: "unnamed" });
    expect(await look("statements")).toMatchObject([
      { severity: "info", message: expect.stringContaining('`statements` is "unnamed"') },
    ]);
    expect(await look("pooler")).toEqual(fine("pooler"));
  });

  it("warns of statements that the server loses, and names what does that", async () => {
    const { auth, host, look } = await openDoctored(ctx, { max: 1, log: () => undefined });
    const { token } = await auth.signUp(newCredentials());
    for (let session = 0; session < 3; session += 1) {
      await auth.getSession(token);
      await host.query("deallocate all");
      await auth.getSession(token);
      // Naming is given up for a session at its first loss: the next one is a new session's.
      (await host.pool.connect()).release(true);
    }
    expect(await look("statements")).toEqual([
      {
        check: "statements",
        severity: "warning",
        message:
          "Statements are no longer named: the server or a pooler had lost 3 statements by the time they were used",
        fix: expect.stringContaining("DEALLOCATE ALL"),
        data: {
          naming: "disabled_after_refusals",
          pooler: "none",
          recovered: { plan: 0, name: 3, pooler: 0 },
        },
      },
    ]);
  });
});

describe.skipIf(findPgBouncer() === null)("the doctor, behind PgBouncer,", () => {
  let database: TestDatabase;
  const cleanUps: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    const auth = await createAuth({ database: database.url });
    await auth.close();
  });
  afterAll(async () => {
    for (const clean of cleanUps.reverse()) await clean();
    await database.drop();
  });

  const behind = async (
    settings: Omit<PgBouncerOptions, "server">,
    options: Partial<Parameters<typeof createAuth>[0]> = {},
  ): Promise<{ auth: TestAuth; url: string }> => {
    const bouncer = (await startPgBouncer({ server: inject("postgres"), ...settings }))!;
    const url = postgresUrl(bouncer, database.name);
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    pool.on("error", () => undefined);
    const auth = await createAuth({
      database: pool,
      migrate: "off",
      password: { hasher: cheapHasher },
      ...options,
    });
    cleanUps.push(
      () => bouncer.stop(),
      () => pool.end(),
      () => auth.close(),
    );
    return { auth, url };
  };

  it("sees it, says why statements are not named, and what it cannot see through it", async () => {
    const { auth } = await behind({ poolMode: "session" });
    const findings = await diagnose(auth.database);
    expect(findings.filter(({ severity }) => severity === "error" || severity === "warning")).toEqual([]);
    const found = (id: string): unknown => findings.find(({ check }) => check === id);
    expect(found("pooler")).toMatchObject({
      severity: "info",
      message: expect.stringContaining("A pooler stands in between"),
      data: { pooler: "present", mode: "transaction or session" },
    });
    expect(found("statements")).toMatchObject({
      severity: "info",
      message: expect.stringContaining("because a pooler stands in between"),
      fix: expect.stringContaining("max_prepared_statements"),
    });
    expect(found("pools")).toMatchObject({
      data: { unchecked: expect.stringContaining("behind a pooler") },
    });
  });

  it("knows transaction mode once other traffic shows it", async () => {
    const { auth, url } = await behind({ poolMode: "transaction", defaultPoolSize: 3 });
    const others = new pg.Pool({ connectionString: url, max: 5 });
    cleanUps.push(() => others.end());
    let over = false;
    const traffic = Array.from({ length: 5 }, async () => {
      while (!over) await others.query("select pg_backend_pid()");
    });
    let modes: unknown[] = [];
    for (let attempt = 0; attempt < 50 && !modes.includes("transaction"); attempt += 1) {
      modes = (await lookAt(auth, "pooler")).map(({ data }) => data?.["mode"]);
    }
    over = true;
    await Promise.all(traffic);
    expect(modes).toEqual(["transaction"]);
  });

  it("tells statement mode, which no transaction passes", async () => {
    const { auth } = await behind({ poolMode: "statement" });
    expect(await lookAt(auth, "pooler")).toEqual([
      {
        check: "pooler",
        severity: "error",
        message: "A pooler stands in between in statement mode: it refuses every transaction",
        fix: expect.stringContaining("pool_mode = transaction"),
        data: { pooler: "present", mode: "statement" },
      },
    ]);
  });

  it("says what names that are sent all the same need", async () => {
    const { auth } = await behind({ poolMode: "session" }, { statements: "named" });
    expect(await lookAt(auth, "statements")).toMatchObject([
      { severity: "info", fix: expect.stringContaining("PgBouncer 1.21"), data: { naming: "named" } },
    ]);
  });

  it("does not hold the pool's size against the server's connections", async () => {
    const { auth } = await behind({ poolMode: "transaction" });
    expect(await lookAt(auth, "pool-size", { processes: 10_000 })).toMatchObject([{ severity: "info" }]);
  });
});

forDatabase("postgres", "the doctor, about a client inside a transaction,", (ctx) => {
  it("says that it cannot look from there", async () => {
    const database = await ctx.createDatabase();
    const client = new pg.Client({ connectionString: database.directUrl });
    await client.connect();
    ctx.onSuiteEnd(() => client.end());
    const auth = await createTestAuth(ctx, { database: client });
    expect(await lookAt(auth, "connection")).toEqual(fine("connection"));
    await client.query("begin");
    expect(await lookAt(auth, "connection")).toMatchObject([
      { severity: "error", fix: expect.stringContaining("outside the transaction") },
    ]);
    await client.query("rollback");
  });
});
