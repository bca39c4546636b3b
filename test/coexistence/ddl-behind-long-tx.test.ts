import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import type { SchemaModule } from "../../src/schema/migration.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { createPostgresDatabase } from "../support/test-database.ts";

const addColumn: SchemaModule = {
  ...coreSchema,
  migrations: [
    ...coreSchema.migrations,
    {
      number: 2,
      name: "nickname",
      compatible: true,
      postgres: ["alter table {users} add column nickname text"],
      sqlite: ["alter table {users} add column nickname text"],
    },
  ],
};

it("D4-21 ddl-behind-long-tx: a migration behind a long transaction lets reads through, and is done after it", async () => {
  const database = await createPostgresDatabase({ server: inject("postgres") });
  const host = database.open();
  await (await openSchema(host, { modules: [coreSchema] })).manager.migrate();
  const long = await host.pool.connect();
  await long.query("begin");
  await long.query("select count(*) from wispy.users");

  const { manager, database: handle } = await openSchema(host, { modules: [addColumn] });
  const migrated = manager.migrate();
  // A read queued behind the DDL waits until the DDL gives up, never until the transaction ends.
  await expect.poll(() => readWaiting(host), { timeout: 5_000 }).toBe(true);
  expect(await host.query("select count(*)::int as n from wispy.users")).toEqual([{ n: 0 }]);
  await sleep(2_500);
  expect(handle.stats().statements.transactionReplays).toBeGreaterThanOrEqual(1);
  expect(await (await openSchema(host, { modules: [addColumn] })).manager.pending()).toEqual([
    "core/002-nickname",
  ]);
  await long.query("commit");
  long.release();
  expect(await migrated).toEqual({ drift: [], newer: [] });
  expect(await manager.pending()).toEqual([]);
  await database.drop();
});

/** Whether somebody waits for a lock on our users. */
async function readWaiting(host: { query(text: string): Promise<readonly unknown[]> }): Promise<boolean> {
  const waiting = await host.query(
    "select 1 from pg_locks where not granted and relation = 'wispy.users'::regclass and mode = 'AccessExclusiveLock'",
  );
  return waiting.length > 0;
}
