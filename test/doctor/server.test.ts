import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { diagnose } from "wispy-auth/doctor";
import { createRole } from "../schema/support/postgres-role.ts";
import { createTestAuth } from "../support/create-test-auth.ts";
import { forDatabase } from "../support/for-each-database.ts";
import { startPostgresServer, type PostgresServer } from "../support/postgres-server.ts";
import { createTestClock } from "../support/test-clock.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { fine, lookAt, openDoctored } from "./support/doctored.ts";

forDatabase("postgres", "the doctor, about the server's defaults,", (ctx) => {
  it.each([
    ["database", (name: string) => `alter database ${name}`],
    ["user", (_: string, role: string) => `alter role ${role}`],
    ["database user", (name: string, role: string) => `alter role ${role} in database ${name}`],
  ])("tells read-only and serializable, set for the %s, and how to undo it", async (source, whose) => {
    const { host, database } = await openDoctored(ctx);
    const role = await createRole(host, inject("postgres"), database);
    ctx.onSuiteEnd(() => role.drop());
    const owner = whose(database.name, role.name);
    await host.query(`${owner} set default_transaction_read_only = on`);
    await host.query(`${owner} set default_transaction_isolation = 'repeatable read'`);
    const auth = await createTestAuth(ctx, { database: role.open().native, migrate: "off" });
    const [readOnly] = await lookAt(auth, "read-only");
    expect(readOnly).toMatchObject({ severity: "warning", data: { value: "on", source } });
    const [isolation] = await lookAt(auth, "isolation");
    expect(isolation).toMatchObject({
      severity: "info",
      message: expect.stringContaining("repeatable read"),
      data: { source },
    });
    for (const { fix } of [readOnly!, isolation!]) {
      await host.query(`begin read write; ${fix}; commit`);
    }
    const again = await createTestAuth(ctx, { database: role.open().native, migrate: "off" });
    expect(await lookAt(again, "read-only")).toEqual(fine("read-only"));
    expect(await lookAt(again, "isolation")).toEqual(fine("isolation"));
  });

  it("tells what a connection was given, or was left with by somebody", async () => {
    const { host, look } = await openDoctored(ctx, { max: 1 });
    await host.query("set default_transaction_read_only = on");
    expect(await look("read-only")).toMatchObject([
      { severity: "warning", fix: expect.stringContaining("pooled connection"), data: { source: "session" } },
    ]);
    await host.query("reset default_transaction_read_only");
    expect(await look("read-only")).toEqual(fine("read-only"));
  });

  it("compares the clocks", async () => {
    const { look } = await openDoctored(ctx);
    const clock = createTestClock();
    expect(await look("clock")).toEqual(fine("clock"));
    clock.advance(86_400);
    expect(await look("clock", { clock })).toMatchObject([
      {
        severity: "warning",
        message: expect.stringMatching(/^This process's clock is 8\d{4} s ahead of the server's$/),
        fix: expect.stringContaining("NTP"),
        data: { skewMilliseconds: expect.any(Number) },
      },
    ]);
    clock.advance(-172_800);
    expect(await look("clock", { clock })).toMatchObject([
      { message: expect.stringMatching(/^This process's clock is 8\d{4} s behind the server's$/) },
    ]);
  });
});

forDatabase("postgres", "the doctor, about long transactions,", (ctx) => {
  it("tells those that hold locks on our tables from others, and how to end them", async () => {
    const { host, look } = await openDoctored(ctx);
    expect(await look("long-transactions")).toEqual(fine("long-transactions"));
    const [holding, idle] = [await host.pool.connect(), await host.pool.connect()];
    for (const client of [holding, idle]) client.on("error", () => undefined);
    await holding.query("begin");
    await holding.query("select count(*) as users from wispy.users");
    await idle.query("begin");
    const found = await look("long-transactions", { longTransactionSeconds: 0 });
    expect(found).toMatchObject([
      {
        severity: "warning",
        message: expect.stringMatching(
          /^A session \(process \d+, role postgres\) has been idle in a transaction for \d+ s, with locks on users: schema changes wait for it/,
        ),
        data: { tables: ["users"], state: "idle in transaction" },
      },
      { severity: "info", message: expect.stringContaining("vacuum"), data: { tables: [] } },
    ]);
    for (const { fix } of found) {
      await host.query(/select pg_terminate_backend\(\d+\)/.exec(fix!)![0]);
    }
    for (const client of [holding, idle]) {
      await expect(client.query("select 1")).rejects.toThrow();
      client.release(true);
    }
    expect(await look("long-transactions")).toEqual(fine("long-transactions"));
  });

  it("says how much it cannot see of other roles, and sees it with the right to", async () => {
    const { host, database } = await openDoctored(ctx);
    const role = await createRole(host, inject("postgres"), database);
    ctx.onSuiteEnd(() => role.drop());
    const auth = await createTestAuth(ctx, { database: role.open().native, migrate: "off" });
    const client = await host.pool.connect();
    await client.query("begin");
    const options = { longTransactionSeconds: 0 };
    expect(await lookAt(auth, "long-transactions", options)).toMatchObject([
      {
        severity: "info",
        fix: expect.stringContaining("pg_read_all_stats"),
        data: { hidden: expect.any(Number) },
      },
    ]);
    await client.query("rollback");
    await client.query(`grant pg_read_all_stats to ${role.name}`);
    await client.query("begin");
    expect(await lookAt(auth, "long-transactions", options)).toMatchObject([
      { severity: "info", message: expect.stringContaining("idle in a transaction") },
    ]);
    await client.query("rollback");
    client.release();
  });
});

describe("the doctor, about a standby,", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());

  it("says that nothing can be written there, and goes on looking", async () => {
    const database = await createPostgresDatabase({ server });
    const host = database.open();
    const auth = await createAuth({ database: host.native });
    expect(await lookAt(auth, "standby")).toEqual(fine("standby"));
    const [row] = await host.query("show data_directory");
    await server.halt("fast");
    await writeFile(join(row!["data_directory"] as string, "standby.signal"), "");
    await server.resume();
    const findings = await diagnose(auth.database);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([
      {
        check: "standby",
        severity: "error",
        message: "The server is a standby, in recovery: it refuses every write, sign-ins among them",
        fix: "Give the address of the primary, or of a proxy that follows it",
      },
    ]);
    expect(findings.filter(({ data }) => data?.["unchecked"] !== undefined)).toEqual([]);
    await auth.close();
    await host.close();
  });
});
