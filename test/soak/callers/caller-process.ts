// One process of the application under soak: its callers travel until the runner has seen enough. It ends with the
// runner, however that ends.
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials, testBaseUrl } from "../../support/create-test-auth.ts";
import { AccountBook } from "./account-book.ts";
import { travel, type Traveller } from "./journey.ts";
import type { CallerReport, CallerSettings, Note, Order } from "../messages.ts";
import { Interrupted, Recorder } from "./recorder.ts";

const progressMilliseconds = 1_000;
const pauseAtMostMilliseconds = 50;
/** A caller whose call failed does not hammer at once on a database that may be down. */
const retryMilliseconds = 100;

const settings = JSON.parse(process.argv[2]!) as CallerSettings;
const tell = (note: Note): void => void process.send!(note);
// Ctrl-C reaches every process of the terminal; the runner is the one to act on it.
process.on("SIGINT", () => undefined);
const endWithRunner = (): never => process.exit(1);
process.on("disconnect", endWithRunner);

const pool = new pg.Pool({
  connectionString: settings.url,
  application_name: settings.applicationName,
  max: settings.poolMax,
  connectionTimeoutMillis: 10_000,
  // A connection that is closed and opened anew would be counted twice for a moment.
  idleTimeoutMillis: 0,
});
// An application must listen for the end of idle connections, or die of it.
pool.on("error", () => undefined);
const logged: Record<string, number> = {};
const auth = await createAuth({
  database: pool,
  baseUrl: testBaseUrl,
  statements: settings.statements,
  password: { hasher: cheapHasher },
  log: ({ event }) => void (logged[event] = (logged[event] ?? 0) + 1),
});
const recorder = new Recorder();
const book = new AccountBook();
const pause = (): Promise<void> => sleep(randomInt(pauseAtMostMilliseconds + 1));
const traveller: Traveller = { auth, pool, recorder, book, pause };
let over = false;
let discards = 0;
let working: Promise<unknown> = Promise.resolve();

/** Runs `work` over and over; what interrupts it is recorded already. */
async function repeat(work: () => Promise<unknown>): Promise<void> {
  while (!over) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      await sleep(retryMilliseconds);
    }
  }
}

async function begin(): Promise<void> {
  setInterval(() => {
    const [calls, errors] = [recorder.calls, recorder.errors.length];
    tell({ kind: "progress", calls, errors, oldest: recorder.oldestUnderWay() });
  }, progressMilliseconds).unref();
  await Promise.all([
    ...Array.from({ length: settings.callers }, () => repeat(() => travel(traveller))),
    repeat(async () => {
      await sleep(settings.discardSeconds * 1000);
      await recorder.host("DISCARD ALL", () => pool.query("discard all"));
      discards += 1;
    }),
  ]);
}

/** Says when a session check succeeds for the first time from now on. */
async function watch(restart: number): Promise<void> {
  for (;;) {
    try {
      await recorder.call("session check after a restart", () => auth.getSession(probe.token));
      return tell({ kind: "recovered", restart, at: Date.now() });
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      await sleep(retryMilliseconds / 5);
    }
  }
}

async function finish(): Promise<void> {
  over = true;
  await working;
  const { sampleSize } = settings;
  const accounts = await book.report({ auth, recorder, sampleSize });
  const report: CallerReport = {
    process: settings.process,
    latencies: Object.fromEntries([...recorder.latencies].map(([kind, given]) => [kind, given.counts()])),
    errors: recorder.errors,
    wrong: recorder.wrong,
    accounts,
    stats: auth.database.stats(),
    logged,
    discards,
  };
  await auth.close();
  await pool.end();
  await new Promise((resolve) => process.send!({ kind: "finished", report } satisfies Note, resolve));
  process.removeListener("disconnect", endWithRunner);
  process.disconnect();
}

const probeCredentials = newCredentials();
const probe = await auth.signUp(probeCredentials);
book.signedUp({ id: probe.user.id, email: probeCredentials.email, passwords: [probeCredentials.password] });
process.on("message", (order: Order) => {
  if (order.kind === "begin") working = begin();
  else if (order.kind === "watch") void watch(order.restart);
  else void finish();
});
tell({ kind: "ready" });
