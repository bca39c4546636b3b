// Adopts, a few rows in each transaction, and says after each what it has done: whoever reads it may end it there.
// Arguments: a JSON object of the type below.
import { existsSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { adopt } from "wispy-auth/adopt";
import { referrals } from "wispy-auth/referrals";

export interface AdoptUntilKilled {
  readonly url: string;
  readonly batchSize: number;
  /** Begins when this file exists. */
  readonly signalFile?: string;
  /** After this line it stands still until it is ended. */
  readonly holdAfter?: string;
}

const { url, batchSize, signalFile, holdAfter } = JSON.parse(process.argv[2]!) as AdoptUntilKilled;
const say = (line: string): void => {
  // Straight to the pipe: who stands still writes nothing later.
  writeSync(1, `${line}\n`);
  if (line === holdAfter) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};

say("ready");
while (signalFile !== undefined && !existsSync(signalFile)) await sleep(2);
const report = await adopt({
  database: url,
  apply: true,
  batchSize,
  modules: [referrals()],
  onProgress: ({ phase, rows }) => say(`${phase} ${String(rows)};`),
});
say(JSON.stringify(report.accounts));
say("done");
