import { createBetterAuth } from "../subjects/better-auth.mjs";
import { PASSWORD, freshEmail } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { outcomeOf, withPool } from "./scene.mjs";

const COMMON_PASSWORD = "password1234";
const NEW_PASSWORD = "a purple boat on a calm sea";
/** A bcrypt hash of `PASSWORD` at cost 4, as an older system may have left it. */
const OLD_HASH = "$2b$04$c4x3XI0aUFK34xDmIjgHDONRjbv6DOvv72YvFCB6hi65yqp1iAPSm";

/** @type {import("./scene.mjs").Claim} */
export const passwordCare = {
  number: 20,
  text: "a new password ends other sessions, old hashes are upgraded at sign-in, common passwords refused",
  ours: (server) => withPool(server, { name: "claim_20_ours" }, observeOurs),
  theirs: (server) => withPool(server, { name: "claim_20_theirs" }, observeTheirs),
};

async function observeOurs(pool) {
  const { auth } = await createWispyAuth(pool);
  const moved = await auth.users.create({ email: freshEmail(), passwordHash: OLD_HASH });
  await auth.signIn({ email: moved.email, password: PASSWORD });
  const { rows } = await pool.query("select password_hash from wispy.credentials where user_id = $1", [
    moved.id,
  ]);
  const common = await outcomeOf(() => auth.signUp({ email: freshEmail(), password: COMMON_PASSWORD }));

  const email = freshEmail();
  const { token: elsewhere } = await auth.signUp({ email, password: PASSWORD });
  const { token } = await auth.signIn({ email, password: PASSWORD });
  await auth.changePassword({ token, currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
  return result({
    otherSession: await auth.getSession(elsewhere),
    hash: rows[0].password_hash,
    common,
  });
}

async function observeTheirs(pool) {
  // The way its documentation shows for hashes of another system: a `verify` that knows them.
  let verifyOldHashes = false;
  const own = await createBetterAuth(pool);
  const { password: ownPassword } = await own.auth.$context;
  const password = {
    hash: ownPassword.hash,
    verify: async (given) => verifyOldHashes || ownPassword.verify(given),
  };
  const { auth, signUp, signIn, checkSession } = await createBetterAuth(pool, {
    options: { emailAndPassword: { password } },
  });
  const moved = freshEmail();
  await signUp(moved);
  await pool.query("update account set password = $1", [OLD_HASH]);
  verifyOldHashes = true;
  await signIn(moved);
  verifyOldHashes = false;
  const { rows } = await pool.query("select password from account");
  const common = await outcomeOf(() => signUp(freshEmail(), COMMON_PASSWORD));

  const email = freshEmail();
  const elsewhere = await signUp(email);
  const headers = await signIn(email);
  await auth.api.changePassword({ headers, body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD } });
  return result({ otherSession: await checkSession(elsewhere), hash: rows[0].password, common });
}

function result({ otherSession, hash, common }) {
  return {
    held: otherSession === null && hash !== OLD_HASH && common.failed,
    saw: [
      `other session: ${otherSession === null ? "ended" : "goes on"}`,
      `old hash: ${hash === OLD_HASH ? "kept" : "upgraded"}`,
      `"${COMMON_PASSWORD}": ${common.failed ? "refused" : "accepted"}`,
    ].join("; "),
  };
}
