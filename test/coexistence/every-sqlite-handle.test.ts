import { afterAll, beforeAll, describe, it } from "vitest";
import { driverHandles } from "../support/driver-handles.ts";
import { sqliteHandleTests } from "./support/sqlite-handle-tests.ts";

// Those of node:sqlite run in test/programs/node-sqlite.ts, on a Node.js that has it.
for (const handle of driverHandles) {
  if (handle.dialect !== "sqlite" || handle.name === "node:sqlite") continue;
  sqliteHandleTests(handle, { describe, it, beforeAll, afterAll });
}
