// One of many processes that write to a SQLite file through the library, each script reading before it writes.
// Arguments: a JSON object of the type below. Prints how many scripts were committed.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { connect } from "../../src/database/connect.ts";
import { addOne } from "../coexistence/support/counter-script.ts";

export interface WriteRows {
  readonly path: string;
  readonly signalFile: string;
  readonly scripts: number;
  /** The driver's own busy timeout, in milliseconds. */
  readonly timeout: number;
}

const { path, signalFile, scripts, timeout } = JSON.parse(process.argv[2]!) as WriteRows;
const native = new Database(path, { timeout });
const database = await connect(native, { namespace: { prefix: "test_" } });
console.log("ready");
while (!existsSync(signalFile)) await sleep(2);
for (let i = 0; i < scripts; i += 1) await database.transaction(addOne);
native.close();
console.log(`committed ${String(scripts)}`);
console.log("done");
