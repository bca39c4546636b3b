import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { getMigrations } from "better-auth/db/migration";
import { betterAuthOptions, createBetterAuth } from "../subjects/better-auth.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { withPool } from "./scene.mjs";

const CLI = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/**
 * One thing at a time is changed behind the library's back; then it is asked, in the way that it has for that, whether
 * the database is as it should be. What is complained of before the change does not count.
 *
 * @type {import("./scene.mjs").Claim}
 */
export const drift = {
  number: 11,
  text: "a lost unique, index or foreign key and a changed type are seen",
  async ours(server) {
    const doctor = await missedBy(server, OURS, ({ url }) => complainsOf("doctor", url));
    const verify = await missedBy(server, OURS, ({ url }) => complainsOf("verify", url));
    return { held: doctor.length === 0, saw: `${words("doctor", doctor)}; ${words("verify", verify)}` };
  },
  async theirs(server) {
    const missed = await missedBy(server, THEIRS, ({ pool }) => planComplains(pool));
    return { held: missed.length === 0, saw: words("its migration check", missed) };
  },
};

const OURS = {
  create: createWispyAuth,
  changes: {
    unique: "drop index wispy.users_email_canonical",
    index: "drop index wispy.sessions_user_id",
    "foreign key": "alter table wispy.sessions drop constraint sessions_user_id_fkey",
    type: "alter table wispy.users alter column created_at type text",
  },
};

const THEIRS = {
  create: createBetterAuth,
  changes: {
    unique: `alter table "user" drop constraint user_email_key`,
    index: `drop index "session_userId_idx"`,
    "foreign key": `alter table session drop constraint "session_userId_fkey"`,
    type: `alter table "user" alter column "createdAt" type text`,
  },
};

async function missedBy(server, { create, changes }, complains) {
  const missed = [];
  for (const [what, change] of Object.entries(changes)) {
    await withPool(server, { name: "claim_11", max: 2 }, async (pool, url) => {
      await create(pool);
      const before = await complains({ pool, url });
      await pool.query(change);
      if (before || !(await complains({ pool, url }))) missed.push(what);
    });
  }
  return missed;
}

/** As in CI: the exit code says so. */
function complainsOf(command, url) {
  const { status, stderr } = spawnSync(process.execPath, [CLI, command, "--database", url], {
    encoding: "utf8",
  });
  if (status !== 0 && status !== 4) throw new Error(`${command} failed: ${stderr}`);
  return status === 4;
}

/** What `npx auth migrate` goes by: a plan that is not empty, a problem, or no more than a warning in the log. */
async function planComplains(pool) {
  const warnings = [];
  const log = (_, message) => void warnings.push(message);
  const logger = { level: "warn", log };
  const plan = await getMigrations(betterAuthOptions(pool, { options: { logger } }));
  const { toBeCreated, toBeAdded, toBeAddedIndexes, unsafeChanges, schemaProblems } = plan;
  return (
    [toBeCreated, toBeAdded, toBeAddedIndexes, unsafeChanges, schemaProblems, warnings].flat().length > 0
  );
}

function words(way, missed) {
  const all = Object.keys(OURS.changes).length;
  const unseen = missed.length === 0 ? "" : ` (not: ${missed.join(", ")})`;
  return `${way}: ${all - missed.length} of ${all}${unseen}`;
}
