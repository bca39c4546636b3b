// An application that dies while it migrates through the handle it lends: by SIGKILL, before a statement is sent.
// Arguments: a JSON object of the type below.
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { stepsModule } from "../schema/support/steps-module.ts";
import { driverHandle } from "../support/driver-handles.ts";

export interface DieAmidMigration {
  readonly handle: string;
  readonly address: string;
  readonly steps: number;
  /** Dies at the first statement that fits the last of these patterns, once one has fitted each before it. */
  readonly moments: readonly string[];
}

const { handle, address, steps, moments } = JSON.parse(process.argv[2]!) as DieAmidMigration;
const ahead = moments.map((pattern) => new RegExp(pattern, "i"));
const onStatement = (text: string): void => {
  if (ahead[0]?.test(text) === true) ahead.shift();
  if (ahead.length === 0) process.kill(process.pid, "SIGKILL");
};
const host = await driverHandle(handle).open(address, { onStatement });
const { manager } = await openSchema(
  { native: host.database },
  { modules: [coreSchema, stepsModule(steps)] },
);
await manager.migrate();
console.log("migrated, and alive");
process.exit(0);
