import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import type { RunningProgram } from "../support/run-program.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { buildCli, type Cli } from "./support/build-cli.ts";
import { readCatalogue, readLedger } from "./support/read-catalogue.ts";

const kills = 50;

let cli: Cli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

/** A `migrate` that has reached the database: from here on every moment counts. */
interface Migration {
  readonly run: RunningProgram;
  readonly hasReachedDatabase: () => boolean;
  readonly stop: () => Promise<void>;
}

async function startMigrate(database: TestDatabase): Promise<Migration> {
  if (database.dialect === "sqlite") {
    const run = cli.start(["migrate", "--database", database.url]);
    return { run, hasReachedDatabase: () => existsSync(database.name), stop: async () => undefined };
  }
  const proxy = await startTcpProxy(inject("postgres"));
  const run = cli.start(["migrate", "--database", postgresUrl(proxy, database.name)]);
  return { run, hasReachedDatabase: () => proxy.connections() > 0, stop: () => proxy.stop() };
}

/** Milliseconds from reaching the database to the end. */
async function measureMigrate(database: TestDatabase): Promise<number> {
  const { run, hasReachedDatabase, stop } = await startMigrate(database);
  while (!hasReachedDatabase()) await sleep(1);
  const begun = performance.now();
  expect((await run.ended).code).toBe(0);
  await stop();
  return performance.now() - begun;
}

/** Kills `migrate` at a random moment of its work; whether it was still at it. */
async function killMigrate(database: TestDatabase, withinMilliseconds: number): Promise<boolean> {
  const { run, hasReachedDatabase, stop } = await startMigrate(database);
  while (!hasReachedDatabase()) await sleep(1);
  await sleep(Math.random() * withinMilliseconds);
  run.process.kill("SIGKILL");
  const { signal } = await run.ended;
  await stop();
  return signal === "SIGKILL";
}

forEachDatabase("wispy-auth migrate, killed", (ctx) => {
  it(
    "leaves nothing half-made at any of 50 random moments, and the next run completes it",
    { timeout: 600_000 },
    async () => {
      const whole = await ctx.createDatabase();
      const duration = await measureMigrate(whole);
      const catalogue = await readCatalogue(whole.open());
      const ledger = await readLedger(whole.open());
      const left = { nothing: 0, everything: 0 };
      while (left.nothing + left.everything < kills) {
        const database = await ctx.createDatabase();
        const killed = await killMigrate(database, duration);
        const host = database.open({ max: 1 });
        const remains = await readCatalogue(host);
        if (remains.length > 0) expect(remains).toEqual(catalogue);
        if (killed) left[remains.length === 0 ? "nothing" : "everything"] += 1;

        const next = await cli.run(["migrate", "--database", database.url]);
        expect(next).toMatchObject({ code: 0, stderr: "" });
        await (await openSchema(host, { modules: [coreSchema] })).manager.verify();
        expect(await readCatalogue(host)).toEqual(catalogue);
        expect(await readLedger(host)).toEqual(ledger);
        await database.drop();
      }
      console.log(
        `${ctx.dialect}: ${String(kills)} kills within ${duration.toFixed(0)} ms of reaching the database: ` +
          `${String(left.nothing)} left nothing, ${String(left.everything)} left everything, 0 something between; the next run completed all`,
      );
    },
  );
});
