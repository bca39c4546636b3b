import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { stepName, stepsModule } from "../schema/support/steps-module.ts";
import { openPostgresHost } from "../support/test-host.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { buildProgram, type Program, type RunningProgram } from "../support/run-program.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";

const stepCount = 8;
const modules = [coreSchema, stepsModule(stepCount)];
const numbers = Array.from({ length: stepCount }, (_, i) => i + 1);

interface Found {
  /** Of the steps module, as the ledger has it. */
  readonly ledger: readonly number[];
  /** Steps of which at least one trace is there: a table, an index, a row or a column. */
  readonly begun: readonly number[];
  /** Steps of which every trace is there. */
  readonly whole: readonly number[];
}

/** What a broken-off migration left, read by one statement. */
async function findSteps(host: TestHost, namespace: string): Promise<Found> {
  const rows =
    host.dialect === "postgres"
      ? await host.query(
          `select c.relname as name, (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname like 'step%') as columns
            from pg_class c where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'i')`,
          [namespace],
        )
      : await host.query(
          `select substr(m.name, length($1) + 2) as name,
              (select count(*) from pragma_table_info(m.name) c where m.type = 'table' and c.name like 'step%') as columns
            from sqlite_master m where m.name like $1 || '\\_%' escape '\\'`,
          [namespace],
        );
  const names = new Map(rows.map((row) => [String(row["name"]), Number(row["columns"])]));
  const at = (table: string): string =>
    host.dialect === "postgres" ? `"${namespace}"."${table}"` : `"${namespace}_${table}"`;
  const ledger = names.has("migrations")
    ? (await host.query(`select number from ${at("migrations")} where module = 'steps' order by number`)).map(
        (row) => Number(row["number"]),
      )
    : [];
  const columns = names.get("step_1") ?? 0;
  const begun = numbers.filter(
    (number) => names.has(stepName(number)) || names.has(`${stepName(number)}_body`),
  );
  const whole: number[] = [];
  for (const number of begun) {
    const [count] = await host.query(`select count(*) as n from ${at(stepName(number))}`);
    const complete = Number(count!["n"]) === 2 && names.has(`${stepName(number)}_body`);
    if (complete && (number === 1 || columns >= number - 1)) whole.push(number);
  }
  // A column more than the steps that are there would be a trace of a step that is not.
  expect(columns).toBe(Math.max(0, begun.length - 1));
  return { ledger, begun, whole };
}

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

      const { ledger, begun, whole } = await findSteps(ctx.host, namespace);
      expect(begun).toEqual(ledger);
      expect(whole).toEqual(ledger);
      expect(ledger).toEqual(numbers.slice(0, ledger.length));
      if (ledger.length > 0 && ledger.length < stepCount) midway += 1;

      const { manager } = await openSchema(ctx.host, { namespace, modules });
      await manager.migrate();
      expect(await manager.verify()).toEqual({ drift: [], newer: [] });
      expect(await findSteps(ctx.host, namespace)).toEqual({
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
    expect(await findSteps(killer, "wispy")).toEqual({ ledger: numbers, begun: numbers, whole: numbers });
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
    expect(await findSteps(direct, "wispy")).toEqual({ ledger: numbers, begun: numbers, whole: numbers });
    await proxy.stop();
    await database.drop();
  });
});
