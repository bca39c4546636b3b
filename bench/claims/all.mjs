import { hostTransaction } from "./01-host-transaction.mjs";
import { failingHook } from "./02-failing-hook.mjs";
import { poolOfOne } from "./03-pool-of-one.mjs";
import { sqliteHostWrite } from "./05-sqlite-host-write.mjs";
import { handles } from "./08-handles.mjs";
import { coldStartTogether } from "./09-cold-start-together.mjs";
import { killedMigration } from "./10-killed-migration.mjs";
import { drift } from "./11-drift.mjs";
import { hostTables } from "./12-host-tables.mjs";
import { rollingMigration } from "./13-rolling-migration.mjs";
import { firstOAuthSignIn } from "./14-first-oauth-sign-in.mjs";
import { indexedLookups } from "./15-indexed-lookups.mjs";
import { stolenDump } from "./16-stolen-dump.mjs";
import { lockout } from "./17-lockout.mjs";
import { auditEvent } from "./18-audit-event.mjs";
import { secondFactor } from "./19-second-factor.mjs";
import { passwordCare } from "./20-password-care.mjs";
import { measuredClaims } from "./measured.mjs";

/** Every claim that can be tried today, by number. @type {import("./scene.mjs").Claim[]} */
export const claims = [
  hostTransaction,
  failingHook,
  poolOfOne,
  sqliteHostWrite,
  handles,
  coldStartTogether,
  killedMigration,
  drift,
  hostTables,
  rollingMigration,
  firstOAuthSignIn,
  indexedLookups,
  stolenDump,
  lockout,
  auditEvent,
  secondFactor,
  passwordCare,
  ...measuredClaims,
].sort((a, b) => a.number - b.number);
