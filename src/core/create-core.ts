import type { Clock } from "../clock.ts";
import { createHashQueue, queuedHasher } from "../crypto/hash-queue.ts";
import { argon2idHasher, type PasswordHasher } from "../crypto/password-hasher.ts";
import { createPasswordPolicy, type PasswordPolicyOptions } from "../crypto/password-policy.ts";
import type { Database } from "../database/database.ts";
import { createIdSource, type RandomSource } from "../ids.ts";
import { cleanUp } from "./clean-up/clean-up.ts";
import type { CoreEnvironment, CoreIncident } from "./core-environment.ts";
import type { Core } from "./core.ts";
import { changePassword } from "./credentials/change-password.ts";
import { deleteOwnUser } from "./credentials/delete-own-user.ts";
import { listEvents } from "./events/list-events.ts";
import { readClientDetails } from "./input/client-details.ts";
import { joinCore } from "./join-core.ts";
import { createAccountTurns } from "./lockout/account-turns.ts";
import { resolveLockoutSettings, type LockoutOptions } from "./lockout/lockout-settings.ts";
import { ownRunner } from "./runner.ts";
import { revokeOtherSessionsScript, revokeSessionScript, signOut } from "./sessions/end-sessions.ts";
import { getSession } from "./sessions/get-session.ts";
import { listSessions } from "./sessions/list-sessions.ts";
import { resolveSessionSettings, type SessionOptions } from "./sessions/session-settings.ts";
import { signIn } from "./sign-in/sign-in.ts";
import { prepareSignUp } from "./sign-up/prepare-sign-up.ts";
import { isPreparedSignUp } from "./sign-up/prepared-sign-up.ts";
import { signUp } from "./sign-up/sign-up.ts";
import { createUsers, preparePassword } from "./users/users.ts";

export interface CoreOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly session?: SessionOptions | undefined;
  readonly lockout?: LockoutOptions | undefined;
  readonly password?: (PasswordPolicyOptions & { readonly hasher?: PasswordHasher }) | undefined;
  /** Takes what went wrong without failing a call. */
  readonly report: (incident: CoreIncident) => void;
}

/**
 * The core's operations on a database. Reads nothing and writes nothing by itself.
 * @throws AuthError `configuration_invalid`
 */
export function createCore(options: CoreOptions): Core {
  const environment = createEnvironment(options);
  const runner = ownRunner(environment.database);
  return {
    async signUp(input, context) {
      const prepared = isPreparedSignUp(input) ? input : await prepareSignUp(environment, { input, context });
      return signUp(environment, prepared);
    },
    prepareSignUp: (input, context) => prepareSignUp(environment, { input, context }),
    preparePassword: (password, { email } = {}) => preparePassword(environment, { password, email }),
    signIn: (input, context) => signIn(environment, { input, context }),
    getSession: (token) => getSession(environment, token),
    signOut: (token, context) => signOut(environment, { token, context }),
    listSessions: (userId) => listSessions(environment, { userId, runner }),
    revokeSession: (target, context) =>
      runner.transaction(
        () => revokeSessionScript(environment, { ...target, client: readClientDetails(context) }),
        { singleStep: true },
      ),
    revokeOtherSessions: ({ userId, keepSessionId }, context) =>
      runner.transaction(() =>
        revokeOtherSessionsScript(environment, { userId, keepSessionId, client: readClientDetails(context) }),
      ),
    changePassword: (input, context) => changePassword(environment, { input, context }),
    deleteUser: (input, context) => deleteOwnUser(environment, { input, context }),
    listEvents: (userId, { limit } = {}) => listEvents(runner, { userId, limit }),
    users: createUsers(environment),
    cleanUp: (cleaning) => cleanUp(environment, cleaning),
    within: (handle) => joinCore(environment, handle),
  };
}

function createEnvironment(options: CoreOptions): CoreEnvironment {
  const { database, clock, random, report } = options;
  const { hasher = argon2idHasher({ random }), ...policy } = options.password ?? {};
  return {
    database,
    clock,
    random,
    newId: createIdSource(random),
    hasher: queuedHasher(hasher, createHashQueue()),
    passwordPolicy: createPasswordPolicy(policy),
    session: resolveSessionSettings(options.session),
    lockout: resolveLockoutSettings(options.lockout),
    turns: createAccountTurns(),
    report,
  };
}
