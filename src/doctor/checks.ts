import type { Check } from "./check.ts";
import { connection } from "./connection/connection.ts";
import { poolSize } from "./connection/pool-size.ts";
import { pooler } from "./connection/pooler.ts";
import { pools } from "./connection/pools.ts";
import { serverConnections } from "./connection/server-connections.ts";
import { statements } from "./connection/statements.ts";
import { deleteActions } from "./host/delete-actions.ts";
import { referenceTypes } from "./host/reference-types.ts";
import { userIdColumns } from "./host/user-id-columns.ts";
import { usersTable } from "./host/users-table.ts";
import { constraints, drift } from "./schema/drift.ts";
import { extraColumns } from "./schema/extra-columns.ts";
import { foreignTables } from "./schema/foreign-tables.ts";
import { ledgerSummary, migrationsEdited, migrationsNewer, migrationsPending } from "./schema/migrations.ts";
import { createRight, rowSecurity, tableRights } from "./schema/rights.ts";
import { clockSkew } from "./server/clock-skew.ts";
import { longTransactions } from "./server/long-transactions.ts";
import { isolation, readOnly } from "./server/session-defaults.ts";
import { standby } from "./server/standby.ts";
import { busyTimeout, foreignKeys, journalMode, synchronous } from "./sqlite/settings.ts";
import { file } from "./sqlite/sqlite-file.ts";

/** In the order of `checkIds`. The first tells whether the others have a database to look at. */
export const checks: readonly Check[] = [
  connection,
  pooler,
  statements,
  pools,
  poolSize,
  serverConnections,
  standby,
  readOnly,
  isolation,
  clockSkew,
  longTransactions,
  migrationsNewer,
  migrationsEdited,
  migrationsPending,
  ledgerSummary,
  foreignTables,
  drift,
  constraints,
  extraColumns,
  createRight,
  tableRights,
  rowSecurity,
  deleteActions,
  referenceTypes,
  userIdColumns,
  usersTable,
  foreignKeys,
  journalMode,
  synchronous,
  busyTimeout,
  file,
];
