import { createAuth } from "../../dist/index.js";
import { APP_URL, PASSWORD } from "./subject.mjs";

export { createAuth };

const SESSION_COOKIE = "__Host-wispy-session";

/** The same stand-in for a password hash that better-auth gets. */
const NO_HASHING = {
  hash: async () => "not-hashed",
  verify: async () => ({ valid: true, outdated: false }),
};

/**
 * @param {unknown} database A `pg.Pool` or a better-sqlite3 handle.
 * @param {{ hashing?: boolean, options?: object }} [settings]
 */
export function wispyAuthOptions(database, { hashing = true, options = {} } = {}) {
  return { database, baseUrl: APP_URL, ...(hashing ? {} : { password: { hasher: NO_HASHING } }), ...options };
}

/**
 * wispy-auth on the given handle, its tables made.
 *
 * @param {unknown} database
 * @param {Parameters<typeof wispyAuthOptions>[1]} [settings]
 * @returns {Promise<import("./subject.mjs").Subject & { auth: Awaited<ReturnType<typeof createAuth>> }>}
 */
export async function createWispyAuth(database, settings) {
  const auth = await createAuth(wispyAuthOptions(database, settings));
  const browsers = new Map();

  return {
    name: "wispy-auth",
    auth,
    async signUp(email, password = PASSWORD) {
      const { token, deviceToken } = await auth.signUp({ email, password, name: "Ada Lovelace" });
      browsers.set(email, deviceToken);
      return visitorWithToken(token);
    },
    async signIn(email, password = PASSWORD) {
      return visitorWithToken((await auth.signIn({ email, password })).token);
    },
    async signInAgain(email) {
      const { token } = await auth.signIn(
        { email, password: PASSWORD },
        { deviceToken: browsers.get(email) },
      );
      return visitorWithToken(token);
    },
    checkSession: (visitor) => auth.getSession(visitor),
    async checkSessionOverHttp(visitor) {
      return (await auth.handler(new Request(`${APP_URL}/auth/session`, { headers: visitor }))).json();
    },
    listSessions: async (visitor) => auth.listSessions((await auth.getSession(visitor)).user.id),
    signOut: (visitor) => auth.signOut(visitor),
  };
}

/** @param {string} token @returns {Headers} What the browser of its holder sends. */
export function visitorWithToken(token) {
  return new Headers({ cookie: `${SESSION_COOKIE}=${token}`, origin: APP_URL });
}
