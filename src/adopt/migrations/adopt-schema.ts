import type { SchemaModule } from "../../schema/migration.ts";
import { adoptedSources, adoptedUsers } from "../adopted-tables.ts";
import { adopted } from "./001-adopted.ts";

/** The mapping from old accounts to ours. It comes into a database with its first adoption, and into no other. */
export const adoptSchema: SchemaModule = {
  name: "adopt",
  dependsOn: ["core"],
  migrations: [adopted],
  tables: [adoptedUsers.info, adoptedSources.info],
};
