// An application on postgres.js whose connections are killed at the server. Prints what its calls gave, as JSON.
// Arguments: the database's URL, and what to do.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import postgres from "postgres";
import { createAuth } from "wispy-auth";
import { argon2idHasher } from "../../src/crypto/password-hasher.ts";
import { connect } from "../../src/database/connect.ts";
import { isAuthError } from "../../src/errors.ts";
import { atPublic, countUp, createThings, findThing } from "../coexistence/support/things.ts";

const [url = "", kind = ""] = process.argv.slice(2);
const victims = "application_name = 'victim'";
const killer = new pg.Client({ connectionString: url, application_name: "killer" });
await killer.connect();
const kill = (which = "true"): Promise<unknown> =>
  killer.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${victims} and ${which}`);
const untilSome = async (which: string): Promise<void> => {
  const text = `select 1 from pg_stat_activity where ${victims} and ${which}`;
  while ((await killer.query(text)).rows.length === 0) await sleep(5);
};
const sql = postgres(url, {
  connection: { application_name: "victim" },
  max: 4,
  onnotice: () => undefined,
  // Its question for types at each connect has nobody who listens to its failure.
  fetch_types: false,
  backoff: () => 0.01,
});
const hasher = argon2idHasher({ memoryKiB: 8, passes: 1 });
const codeOf = (error: unknown): string => (isAuthError(error) ? error.code : `not ours: ${String(error)}`);

/** What postgres.js does by itself when a transaction's connection dies under a statement. */
async function killPlainTransaction(): Promise<object> {
  const waiting = sql.begin((tx) => tx.unsafe("select pg_sleep(20)")).catch(() => undefined);
  await untilSome("state = 'active'");
  await kill();
  await waiting;
  await sleep(500);
  return {};
}

async function killIdle(): Promise<object> {
  const auth = await createAuth({ database: sql, password: { hasher } });
  const { token } = await auth.signUp({ email: "ann@example.com", password: "correct horse battery" });
  const alive: boolean[] = [];
  for (let i = 0; i < 6; i += 1) {
    await kill();
    alive.push((await auth.getSession(token)) !== null);
  }
  await auth.close();
  return { alive };
}

/** Kills while a statement of ours waits: a read, a script, and a write in autocommit. */
async function killAtWork(): Promise<object> {
  for (const text of createThings) await killer.query(text);
  const database = await connect(sql, atPublic);
  const locker = new pg.Client({ connectionString: url, application_name: "locker" });
  await locker.connect();
  const outcomes: Record<string, unknown> = {};
  const works = {
    read: () => database.one(findThing, { id: 1 }),
    script: () =>
      database.transaction(function* (tx) {
        yield* tx.transaction((inner) => inner.run(countUp, { id: 1 }));
        return "done";
      }),
    write: () => database.run(countUp, { id: 1 }),
  };
  for (const [name, work] of Object.entries(works)) {
    await locker.query("begin; lock table our_things in access exclusive mode");
    const outcome = work().then(() => "done", codeOf);
    await untilSome("wait_event_type = 'Lock'");
    await kill();
    await locker.query("rollback");
    outcomes[name] = await outcome;
  }
  const { rows } = await killer.query<{ n: number }>("select n from our_things where id = 1");
  await locker.end();
  await database.close();
  return { ...outcomes, counted: rows[0]!.n };
}

async function killUnderLoad(): Promise<object> {
  const auth = await createAuth({ database: sql, password: { hasher } });
  const { token } = await auth.signUp({ email: "ann@example.com", password: "correct horse battery" });
  const failed: Record<string, number> = {};
  const answered: string[] = [];
  let [checks, over, kills] = [0, false, 0];
  const note = (error: unknown): void => void (failed[codeOf(error)] = (failed[codeOf(error)] ?? 0) + 1);
  const callers = Array.from({ length: 8 }, async (_, caller) => {
    for (let i = 0; !over; i += 1) {
      checks += 1;
      await auth.getSession(token).catch(note);
      const input = { email: `user-${caller}-${i}@example.com`, password: "correct horse battery" };
      await auth.signUp(input).then(({ user }) => answered.push(user.id), note);
    }
  });
  for (; kills < 40; kills += 1) {
    await kill(kills % 4 === 0 ? "true" : "pid % 2 = 0");
    await sleep(25);
  }
  over = true;
  await Promise.all(callers);
  const { rows } = await killer.query<{ id: string }>("select id from wispy.users");
  const written = new Set(rows.map(({ id }) => id));
  const missing = answered.filter((id) => !written.has(id)).length;
  // Ann is one of them; what is left over was written although its caller was told that nobody knows.
  const unanswered = written.size - 1 - answered.length;
  const sessionAlive = (await auth.getSession(token)) !== null;
  await auth.close();
  return { checks, signUps: answered.length, failed, missing, unanswered, sessionAlive };
}

const kinds: Record<string, () => Promise<object>> = {
  plain: killPlainTransaction,
  idle: killIdle,
  "at-work": killAtWork,
  load: killUnderLoad,
};
console.log(JSON.stringify(await kinds[kind]!()));
await sql.end({ timeout: 1 });
await killer.end();
