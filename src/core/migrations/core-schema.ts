import type { SchemaModule } from "../../schema/migration.ts";
import { accounts } from "./001-accounts.ts";
import { coreTables } from "./core-tables.ts";

/** The core's part of the schema. */
export const coreSchema: SchemaModule = { name: "core", migrations: [accounts], tables: coreTables };
