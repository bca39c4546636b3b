// A process of a Node.js that has node:sqlite: tries its handle on one library, and prints what was seen.
import { DatabaseSync } from "node:sqlite";
import { sqliteHandle } from "../../support/sqlite-handle.mjs";
import { tryHandle } from "../try-handle.mjs";

const opened = sqliteHandle(new DatabaseSync(":memory:"));
console.log(JSON.stringify(await tryHandle(process.argv[2], opened)));
await opened.close();
