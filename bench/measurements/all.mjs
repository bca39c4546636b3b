import { measureFootprint } from "./footprint.mjs";
import { measureHeldConnections } from "./held-connections.mjs";
import { measureMailedTiming } from "./mailed-timing.mjs";
import { measureReferralSignUp } from "./referral-sign-up.mjs";
import { measureReferralTableSize } from "./referral-table-size.mjs";
import { measureRoundTrips } from "./round-trips.mjs";
import { measureSessionTableSize } from "./session-table-size.mjs";
import { measureSignInTiming } from "./sign-in-timing.mjs";
import { measureStatementSafety } from "./statement-safety.mjs";
import { measureStartUp } from "./start-up.mjs";
import { measureThroughput } from "./throughput.mjs";
import { measureTypeCost } from "./type-cost.mjs";

/** Every measurement by the name `--only` takes, in the order they are run. */
export const measurements = {
  throughput: { title: "Calls per second, password hash left out", measure: measureThroughput },
  "statement-safety": {
    title: "What naming statements safely costs, direct connection, password hash left out",
    measure: measureStatementSafety,
  },
  "session-table-size": {
    title: "Session checks per second, 10 at once, by size of the table",
    measure: measureSessionTableSize,
  },
  "referral-table-size": {
    title: "What is asked about referrals by size of the tables, median of a call",
    measure: measureReferralTableSize,
  },
  "referral-sign-up": {
    title: "Sign-ups per second with a referral code and without",
    measure: measureReferralSignUp,
  },
  "start-up": { title: "Start on a current schema", measure: measureStartUp },
  "round-trips": { title: "Round trips to PostgreSQL", measure: measureRoundTrips },
  "held-connections": {
    title: "Connections held, real hashing, pool of 10",
    measure: measureHeldConnections,
  },
  "sign-in-timing": {
    title: "What the time of a refused sign-in tells, real hashing, one caller",
    measure: measureSignInTiming,
  },
  "mailed-timing": {
    title: "What the time of an answer tells where the rest is mailed, real hashing, one caller",
    measure: measureMailedTiming,
  },
  "type-cost": {
    title: "Type instantiations, as tsc --extendedDiagnostics counts them",
    measure: measureTypeCost,
  },
  footprint: { title: "Cost of the import", measure: (_, options) => measureFootprint(options) },
};
