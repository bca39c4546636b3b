import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { stepsModule } from "../schema/support/steps-module.ts";
import { openPostgresHost } from "../support/test-host.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { buildProgram, type Program, type RunningProgram } from "../support/run-program.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { findSteps } from "./support/find-steps.ts";

const stepCount = 8;
const modules = [coreSchema, stepsModule(stepCount)];
const numbers = Array.from({ length: stepCount }, (_, i) => i + 1);

/** Kills the process at a random moment of its migrating: after a random line of progress, or a little later. */
async function killAtRandom(running: RunningProgram): Promise<void> {
  const line = randomInt(0, 2 * (stepCount + 1));
  let lines = 0;
  const reached = new Promise<void>((resolve) => {
    running.process.stdout!.on("data", (chunk: Buffer) => {
      lines += chunk.toString().split("\n").length - 1;
      if (lines > line) resolve();
    });
  });
  await Promise.race([reached, running.ended]);
  await sleep(randomInt(0, 4));
  running.process.kill("SIGKILL");
  await running.ended;
}

let program: Program;
beforeAll(async () => {
  program = await buildProgram("migrate-at-signal.ts");
});
afterAll(() => program.remove());

forEachDatabase("a migration that is broken off", (ctx) => {
  it("D4-20 killed-mid-migration: kill -9 at 50 random moments leaves nothing half-made, and the next start completes", async () => {
    const { url } = ctx.database;
    let midway = 0;
    for (let round = 0; round < 50; round += 1) {
      const namespace = `killed${String(round)}`;
      const order = { url, namespace, signalFile: ".", work: stepCount };
      await killAtRandom(program.start([JSON.stringify(order)]));

      const { ledger, begun, whole } = await findSteps(ctx.host, { namespace, stepCount });
      expect(begun).toEqual(ledger);
      expect(whole).toEqual(ledger);
      expect(ledger).toEqual(numbers.slice(0, ledger.length));
      if (ledger.length > 0 && ledger.length < stepCount) midway += 1;

      const { manager } = await openSchema(ctx.host, { namespace, modules });
      await manager.migrate();
      expect(await manager.verify()).toEqual({ drift: [], newer: [] });
      expect(await findSteps(ctx.host, { namespace, stepCount })).toEqual({
        ledger: numbers,
        begun: numbers,
        whole: numbers,
      });
    }
    console.log(
      `${ctx.dialect}: 50 of 50 completed by the next start; ${String(midway)} were broken off midway`,
    );
  }, 180_000);
});

describe("a connection that breaks under a migration", () => {
  it("D4-20 killed-mid-migration: a backend terminated during DDL is survived within the same call", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const [host, killer] = [database.open({ max: 1 }), database.open({ max: 1 })];
    const { manager } = await openSchema(host, { modules });
    let kills = 0;
    await manager.migrate(({ migration, state }) => {
      if (state !== "applying" || kills >= 5) return;
      kills += 1;
      void sleep(randomInt(0, 4)).then(() =>
        killer.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
        ),
      );
      expect(migration).toBeTypeOf("string");
    });
    expect(await manager.verify()).toEqual({ drift: [], newer: [] });
    expect(await findSteps(killer, { namespace: "wispy", stepCount })).toEqual({
      ledger: numbers,
      begun: numbers,
      whole: numbers,
    });
    await database.drop();
  });

  it.each([
    [/^create table "wispy"\."step_3"/, "held"],
    [/^create table "wispy"\."step_3"/, "forwarded"],
    [/^comment on table/, "forwarded"],
    [/^commit/, "held"],
    // The server commits and the answer is lost: the ledger tells whether it happened.
    [/^commit/, "forwarded"],
  ] as const)("D4-20 killed-mid-migration: a connection cut at %s (%s) is survived", async (text, when) => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const proxy = await startTcpProxy(inject("postgres"));
    const host = openPostgresHost(postgresUrl(proxy, database.name), { max: 2 });
    const { manager } = await openSchema(host, { modules });
    proxy.cutAt(text, when);
    const applied: string[] = [];
    await manager.migrate(({ migration, state }) => void (state === "applying" || applied.push(migration)));
    expect(applied).toHaveLength(stepCount + 1);
    expect(await manager.verify()).toEqual({ drift: [], newer: [] });
    await host.close();
    const direct = database.open();
    expect(await findSteps(direct, { namespace: "wispy", stepCount })).toEqual({
      ledger: numbers,
      begun: numbers,
      whole: numbers,
    });
    await proxy.stop();
    await database.drop();
  });
});
