// Waits for the others, then brings a database up to date as one of many processes of an application.
// Arguments: a JSON object of the type below.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { createAuth } from "wispy-auth";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { stepsModule } from "../schema/support/steps-module.ts";

export interface MigrateAtSignal {
  readonly url: string;
  readonly namespace: string;
  /** Begins when this file exists. */
  readonly signalFile: string;
  /** `auth`: createAuth with its own tables. A number: the core and so many steps, progress printed. */
  readonly work: "auth" | number;
  /** SQLite: lend a handle opened in this way instead of the URL. */
  readonly handle?: { readonly timeout: number };
}

const { url, namespace, signalFile, work, handle } = JSON.parse(process.argv[2]!) as MigrateAtSignal;
console.log("ready");
while (!existsSync(signalFile)) await sleep(2);

const native = handle && new Database(url.replace(/^sqlite:/, ""), { timeout: handle.timeout });
const database = native ?? url;
if (work === "auth") {
  const auth = await createAuth({ database, namespace });
  console.log("started", (await auth.users.list()).length);
  await auth.close();
} else {
  const source = native === undefined ? url : { native };
  const opened = await openSchema(source, { namespace, modules: [coreSchema, stepsModule(work)] });
  await opened.manager.migrate(({ migration, state }) => console.log(state, migration));
  await opened.manager.verify();
  await opened.database.close();
}
native?.close();
console.log("done");
