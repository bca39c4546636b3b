// One of many processes of an application that start at once on one SQLite file, each lending the library a handle of
// the named driver. Arguments: a JSON object of the type below. Prints each migration that it applied.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createAuth } from "wispy-auth";
import { connect } from "../../src/database/connect.ts";
import { addOne } from "../coexistence/support/counter-script.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { sqliteDriverHandle } from "../support/sqlite-driver-handles.ts";

export interface WriteThroughDriver {
  readonly driver: string;
  readonly path: string;
  readonly signalFile: string;
  /** How often it signs up, and counts by a script that reads before it writes. */
  readonly rounds: number;
}

const { driver, path, signalFile, rounds } = JSON.parse(process.argv[2]!) as WriteThroughDriver;
console.log("ready");
while (!existsSync(signalFile)) await sleep(2);

const host = await sqliteDriverHandle(driver).open(path);
const auth = await createAuth({
  database: host.database,
  migrate: "off",
  password: { hasher: cheapHasher },
});
await auth.migrate(({ migration, state }) => console.log(state, migration));
const data = await connect(host.database, { namespace: { prefix: "test_" } });
for (let round = 0; round < rounds; round += 1) {
  const credentials = newCredentials();
  const [{ token }] = await Promise.all([auth.signUp(credentials), data.transaction(addOne)]);
  if ((await auth.getSession(token)) === null) throw new Error("A session that was opened is not there");
}
await data.close();
await auth.close();
await host.close();
console.log("done");
