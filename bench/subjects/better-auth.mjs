import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { APP_URL, PASSWORD, cookieHeaders } from "./subject.mjs";

/** A password hash that costs nothing, so that what is left is the library and its database. */
const NO_HASHING = { hash: async () => "not-hashed", verify: async () => true };

/**
 * better-auth's options as every measurement uses them: e-mail and password on, rate limit and telemetry off, its
 * own defaults for the rest.
 *
 * @param {unknown} database A `pg.Pool` or a better-sqlite3 handle, as its documentation has it.
 * @param {{ hashing?: boolean, options?: object }} [settings]
 */
export function betterAuthOptions(database, { hashing = true, options = {} } = {}) {
  const { emailAndPassword, ...others } = options;
  return {
    database,
    baseURL: APP_URL,
    secret: "a-secret-of-at-least-thirty-two-characters",
    emailAndPassword: { enabled: true, ...(hashing ? {} : { password: NO_HASHING }), ...emailAndPassword },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    ...others,
  };
}

/** Creates its tables by its own migration API, as `npx auth migrate` does. */
export async function migrateBetterAuth(options) {
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
}

/**
 * better-auth on the given handle, its tables made.
 *
 * @param {unknown} database
 * @param {Parameters<typeof betterAuthOptions>[1]} [settings]
 * @returns {Promise<import("./subject.mjs").Subject & { auth: ReturnType<typeof betterAuth> }>}
 */
export async function createBetterAuth(database, settings) {
  const options = betterAuthOptions(database, settings);
  await migrateBetterAuth(options);
  const auth = betterAuth(options);
  const headers = new Headers({ origin: APP_URL });
  const signIn = async (email, password = PASSWORD) => {
    const { headers: answer } = await auth.api.signInEmail(post({ email, password }));
    return cookieHeaders(answer);
  };
  const post = (body) => ({ body, headers, returnHeaders: true });

  return {
    name: "better-auth",
    auth,
    async signUp(email, password = PASSWORD) {
      const { headers: answer } = await auth.api.signUpEmail(post({ email, password, name: "Ada Lovelace" }));
      return cookieHeaders(answer);
    },
    signIn,
    signInAgain: signIn, // it does not tell browsers apart
    checkSession: (visitor) => auth.api.getSession({ headers: visitor }),
    async checkSessionOverHttp(visitor) {
      const request = new Request(`${APP_URL}/api/auth/get-session`, { headers: visitor });
      return (await auth.handler(request)).json();
    },
    listSessions: (visitor) => auth.api.listSessions({ headers: visitor }),
    signOut: (visitor) => auth.api.signOut({ headers: visitor }),
  };
}
