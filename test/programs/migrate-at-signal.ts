// Waits for the others, then brings a database up to date as one of many processes of an application.
// Arguments: a JSON object of the type below.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { createAuth, type MigrationProgress } from "wispy-auth";
import { referrals } from "wispy-auth/referrals";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { stepsModule } from "../schema/support/steps-module.ts";

export interface MigrateAtSignal {
  readonly url: string;
  readonly namespace: string;
  /** Begins when this file exists. */
  readonly signalFile: string;
  /**
   * `auth`: createAuth with its own tables. `migrate`: the same by `auth.migrate()`, progress printed. A number: the
   * core and so many steps, progress printed.
   */
  readonly work: "auth" | "migrate" | number;
  /** With the tables of referrals too. */
  readonly referrals?: boolean;
  /** SQLite: lend a handle opened in this way instead of the URL. */
  readonly handle?: { readonly timeout: number };
}

const order = JSON.parse(process.argv[2]!) as MigrateAtSignal;
const { url, namespace, signalFile, work, handle } = order;
console.log("ready");
while (!existsSync(signalFile)) await sleep(2);

const native = handle && new Database(url.replace(/^sqlite:/, ""), { timeout: handle.timeout });
const database = native ?? url;
const report = ({ migration, state }: MigrationProgress): void => console.log(state, migration);
if (typeof work === "string") {
  const modules = order.referrals === true ? [referrals()] : [];
  const migrate = work === "auth" ? "auto" : "off";
  const auth = await createAuth({ database, namespace, modules, migrate });
  if (work === "migrate") await auth.migrate(report);
  console.log("started", (await auth.users.list()).length);
  await auth.close();
} else {
  const source = native === undefined ? url : { native };
  const opened = await openSchema(source, { namespace, modules: [coreSchema, stepsModule(work)] });
  await opened.manager.migrate(report);
  await opened.manager.verify();
  await opened.database.close();
}
native?.close();
console.log("done");
