import { createBetterAuth } from "../subjects/better-auth.mjs";
import { APP_URL, PASSWORD, freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { outcomeOf, withPool } from "./scene.mjs";

/** @type {import("./scene.mjs").Claim} */
export const stolenDump = {
  number: 16,
  text: "a dump of the database holds no credential that works",
  ours: (server) => withPool(server, { name: "claim_16_ours" }, observeOurs),
  theirs: (server) => withPool(server, { name: "claim_16_theirs" }, observeTheirs),
};

async function observeOurs(pool) {
  const { auth } = await createWispyAuth(pool);
  const { token, deviceToken } = await auth.signUp({ email: freshEmail(), password: PASSWORD });
  const dump = await dumpOf(pool);
  const found = Object.entries({ session: token, device: deviceToken, password: PASSWORD })
    .filter(([, secret]) => dump.some((cell) => cell.includes(secret)))
    .map(([name]) => name);
  const usable = await anyOpens(dump, (cell) => auth.getSession(cell));
  return { held: found.length === 0 && !usable, saw: `in clear: ${found.join(", ") || "none"}` };
}

async function observeTheirs(pool) {
  let sent;
  const emailAndPassword = {
    sendResetPassword: async ({ token }) => {
      sent = token;
    },
  };
  const { auth, signUp } = await createBetterAuth(pool, { options: { emailAndPassword } });
  const email = freshEmail();
  await signUp(email);
  const { token } = await auth.api.signInEmail({ body: { email, password: PASSWORD } });
  await auth.api.requestPasswordReset({ body: { email, redirectTo: APP_URL } });
  const dump = await dumpOf(pool);
  const found = Object.entries({ session: token, "password reset": sent, password: PASSWORD })
    .filter(([, secret]) => dump.some((cell) => cell.includes(secret)))
    .map(([name]) => name);
  // The thief's way in: what the dump says is a reset token, sent back.
  const stolen = dump.find((cell) => cell.startsWith("reset-password:"))?.slice("reset-password:".length);
  const reset = await outcomeOf(() =>
    auth.api.resetPassword({ body: { newPassword: "the thief's own words", token: stolen } }),
  );
  return {
    held: found.length === 0 && reset.failed,
    saw: `in clear: ${found.join(", ") || "none"}; password reset with a stolen token: ${reset.code}`,
  };
}

/** Every cell of every table, as text. */
async function dumpOf(pool) {
  const { rows: tables } = await pool.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const cells = [];
  for (const { name } of tables) {
    const { rows } = await pool.query(
      `select cell.value from ${name} as t cross join jsonb_each_text(to_jsonb(t)) as cell`,
    );
    cells.push(...rows.map(({ value }) => value ?? ""));
  }
  return cells;
}

async function anyOpens(cells, getSession) {
  for (const cell of cells) {
    if (await getSession(cell).catch(() => null)) return true;
  }
  return false;
}
