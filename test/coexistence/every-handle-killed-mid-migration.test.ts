import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { isAuthError } from "../../src/errors.ts";
import type { DieAmidMigration } from "../programs/die-amid-migration.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { stepsModule } from "../schema/support/steps-module.ts";
import { driverHandles } from "../support/driver-handles.ts";
import { findNodeWithSqlite } from "../support/node-sqlite.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { buildProgram, startProgram, type Program } from "../support/run-program.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { createPostgresDatabase, createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";
import { findSteps } from "./support/find-steps.ts";

const stepCount = 5;
const modules = [coreSchema, stepsModule(stepCount)];
const namespace = "wispy";
const all = Array.from({ length: stepCount }, (_, i) => i + 1);

/** What is there is whole, and the next start completes it. */
async function expectWholeAndCompleted(database: TestDatabase, applied: readonly number[]): Promise<void> {
  const host = database.open({ max: 2 });
  expect(await findSteps(host, { namespace, stepCount })).toEqual({
    ledger: applied,
    begun: applied,
    whole: applied,
  });
  const { manager } = await openSchema(host, { modules });
  await manager.migrate();
  expect(await manager.verify()).toEqual({ drift: [], newer: [] });
  expect(await findSteps(host, { namespace, stepCount })).toEqual({ ledger: all, begun: all, whole: all });
}

// Those of killed-mid-migration.test.ts, which kills at random moments.
const others = driverHandles.filter(({ name }) => name !== "pg.Pool" && name !== "better-sqlite3");

describe("an application that is killed before the COMMIT of a migration", () => {
  const nodeSqlite = findNodeWithSqlite();
  // A database in memory ends with its process, and the list lacks node:sqlite where this Node.js does.
  const lasting = others.filter(({ opens, name }) => opens !== "nothing" && name !== "node:sqlite");
  const names = [...lasting.map(({ name }) => name), ...(nodeSqlite === null ? [] : ["node:sqlite"])];
  const nodeOf = (name: string): string => (name === "node:sqlite" ? nodeSqlite! : process.execPath);
  let program: Program;
  beforeAll(async () => {
    program = await buildProgram("die-amid-migration.ts");
  });
  afterAll(() => program.remove());

  it.each(names)("D4-20 killed-mid-migration: %s", async (name) => {
    const onServer = lasting.some((handle) => handle.name === name && handle.opens === "url");
    const database = await (onServer
      ? createPostgresDatabase({ server: inject("postgres") })
      : createSqliteDatabase());
    const order: DieAmidMigration = {
      handle: name,
      address: onServer ? database.url : database.name,
      steps: stepCount,
      moments: ["insert into .*step_4", "^commit"],
    };
    const { ended } = startProgram(program.file, {
      args: [JSON.stringify(order)],
      env: {},
      node: nodeOf(name),
    });
    const { signal, stdout } = await ended;
    expect({ signal, stdout }).toEqual({ signal: "SIGKILL", stdout: "" });
    await expectWholeAndCompleted(database, [1, 2, 3]);
    await database.drop();
  });
});

describe.each(others.filter(({ opens }) => opens === "url"))("", (handle) => {
  it.each([
    [/^create table "wispy"\."step_3"/, "held", [1, 2]],
    // The server commits and the answer is lost: the ledger tells whether it happened.
    [/^commit/i, "forwarded", []],
  ] as const)(
    `D4-20 killed-mid-migration: a connection cut at %s (%s): ${handle.name}`,
    async (text, when, left) => {
      const database = await createPostgresDatabase({ server: inject("postgres") });
      const proxy = await startTcpProxy(inject("postgres"));
      const host = await handle.open(postgresUrl(proxy, database.name), { max: 2, mortal: true });
      const { manager } = await openSchema({ native: host.database }, { modules });
      proxy.cutAt(text, when);
      const migrating = manager.migrate();
      // A client has no other connection on which to go on.
      if (handle.name === "pg.Client") await expect(migrating).rejects.toSatisfy(isAuthError);
      else await migrating;
      await host.close();
      await proxy.stop();
      await expectWholeAndCompleted(database, handle.name === "pg.Client" ? left : all);
      await database.drop();
    },
  );
});
