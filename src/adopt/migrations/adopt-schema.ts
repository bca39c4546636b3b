import type { SchemaModule } from "../../schema/migration.ts";
import { adoptedRows, adoptedSources, adoptedUsers } from "../adopted-tables.ts";
import { adopted } from "./001-adopted.ts";
import { addAdoptedRows } from "./002-adopted-rows.ts";

/** The mapping from old accounts and rows to ours. It comes into a database with its first adoption, and into no other. */
export const adoptSchema: SchemaModule = {
  name: "adopt",
  dependsOn: ["core"],
  migrations: [adopted, addAdoptedRows],
  tables: [adoptedUsers.info, adoptedSources.info, adoptedRows.info],
};
