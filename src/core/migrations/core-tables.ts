import type { TableInfo } from "../../database/statements/table.ts";
import { credentials } from "../credentials/credentials-table.ts";
import { devices } from "../devices/devices-table.ts";
import { events } from "../events/events-table.ts";
import { attempts } from "../lockout/attempts-table.ts";
import { sessions } from "../sessions/sessions-table.ts";
import { users } from "../users/users-table.ts";

/** Every table of the core, as its migrations leave them: what the drift check compares. */
export const coreTables: readonly TableInfo[] = [users, credentials, sessions, devices, attempts, events].map(
  (table) => table.info,
);
