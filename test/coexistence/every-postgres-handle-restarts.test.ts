import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driverHandles, type DriverHandle } from "../support/driver-handles.ts";
import { startPostgresServer, type PostgresServer } from "../support/postgres-server.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { createThings } from "./support/things.ts";
import { writeThrough, type Told, type Writing } from "./support/write-through-handle.ts";

const handles = driverHandles.filter(({ opens }) => opens === "url");
/** What callers may see of connections that end, and of nothing else. */
const connectionErrors = ["outcome_unknown", "database_unavailable", "connection_timeout"];

/** An application on one of the handles, with a database of its own. */
interface Application {
  readonly name: string;
  readonly database: TestDatabase;
  readonly owner: TestHost;
  readonly writing: Writing;
}

// All at once: what happens to the server happens to every handle.
describe("callers on every handle, while tables, sessions, connections and the server change", () => {
  let server: PostgresServer;
  const applications: Application[] = [];
  const told = new Map<string, Promise<Told>>();
  beforeAll(async () => {
    server = await startPostgresServer();
    for (const handle of handles) applications.push(await start(handle));
    for (const { writing } of applications) writing.begin();
    await Promise.all(applications.map(disturb));
    for (const mode of ["fast", "immediate"] as const) {
      await server.halt(mode);
      await server.resume();
      await sleep(500);
    }
    for (const { name, writing } of applications) told.set(name, writing.finish());
    await Promise.allSettled(told.values());
  }, 300_000);
  afterAll(async () => {
    for (const { database } of applications) await database.drop();
    await server.stop();
  });

  async function start(handle: DriverHandle): Promise<Application> {
    const database = await createPostgresDatabase({ server });
    const owner = database.open({ max: 1 });
    for (const text of createThings) await owner.query(text);
    // On one connection DISCARD ALL would come amid our transactions, where PostgreSQL refuses it.
    const discards = handle.name !== "pg.Client";
    const writing = await writeThrough(handle, { url: database.url, discards });
    return { name: handle.name, database, owner, writing };
  }

  it.each(handles.map(({ name }) => name))("D4-35 server-restart, D4-50 chaos-mix: %s", async (name) => {
    const { owner } = applications.find((one) => one.name === name)!;
    const { done, failed, signedUp, errors, sessionAlive } = await told.get(name)!;
    console.log(`${name}: ${String(done.length)} writes, ${String(signedUp.length)} sign-ups, then`, errors);
    expect(Object.keys(errors).filter((error) => !connectionErrors.includes(error))).toEqual([]);

    const rows = await owner.query("select id, label from our_things where id > 1000");
    const written = new Set(rows.map((row) => row["id"]));
    expect(done.filter((id) => !written.has(id))).toEqual([]);
    expect(failed.filter((id) => written.has(id))).toEqual([]);
    const counted = rows.filter(({ label }) => label === "counted").length;
    expect(await owner.query("select n from our_things where id = 1")).toEqual([{ n: counted }]);
    expect(counted).toBeGreaterThan(0);

    const users = new Set((await owner.query("select id from wispy.users")).map((row) => row["id"]));
    expect(signedUp.filter((id) => !users.has(id))).toEqual([]);
    const halves = `select 1 from wispy.users u where not exists (select 1 from wispy.credentials where user_id = u.id)
      or not exists (select 1 from wispy.events where user_id = u.id)`;
    expect(await owner.query(halves)).toEqual([]);
    // A client's one connection is all it has.
    expect(sessionAlive).toBe(name !== "pg.Client");
  });
});

/** Alters what the application and we have tables for, and kills connections; a client has no other one. */
async function disturb({ name, owner }: Application): Promise<void> {
  for (let i = 0; i < 9; i += 1) {
    await owner.query(`alter table our_things add column c_${String(i)} int`);
    await owner.query(`alter table wispy.users add column c_${String(i)} text`);
    const type = i % 2 === 0 ? "varchar(300)" : "text";
    await owner.query(`alter table wispy.users alter name type ${type}`);
    if (i % 3 === 2 && name !== "pg.Client") {
      await owner.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      );
    }
    await sleep(60);
  }
}
