import type { CoreEnvironment } from "./core-environment.ts";
import type { Core } from "./core.ts";
import { listEvents } from "./events/list-events.ts";
import { readClientDetails } from "./input/client-details.ts";
import { joinCore } from "./join-core.ts";
import { ownRunner } from "./runner.ts";
import { revokeOtherSessionsScript, revokeSessionScript, signOut } from "./sessions/end-sessions.ts";
import { getSession } from "./sessions/get-session.ts";
import { listSessions } from "./sessions/list-sessions.ts";
import { signIn } from "./sign-in/sign-in.ts";
import { prepareSignUp } from "./sign-up/prepare-sign-up.ts";
import { isPreparedSignUp } from "./sign-up/prepared-sign-up.ts";
import { signUp } from "./sign-up/sign-up.ts";
import { createUsers, preparePassword } from "./users/users.ts";

/**
 * The core's operations on a database. Reads nothing and writes nothing by itself. What is rarely called is loaded
 * by its first call.
 */
export function createCore(environment: CoreEnvironment): Core {
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
    async changePassword(input, context) {
      const { changePassword } = await import("./credentials/change-password.ts");
      return changePassword(environment, { input, context });
    },
    async confirmPassword(input, context) {
      const { confirmSession } = await import("./credentials/confirm-session.ts");
      return confirmSession(environment, { input, context });
    },
    async deleteUser(input, context) {
      const { deleteOwnUser } = await import("./credentials/delete-own-user.ts");
      return deleteOwnUser(environment, { input, context });
    },
    listEvents: (userId, { limit } = {}) => listEvents(runner, { userId, limit }),
    users: createUsers(environment),
    async cleanUp(cleaning) {
      const { cleanUp } = await import("./clean-up/clean-up.ts");
      return cleanUp(environment, cleaning);
    },
    within: (handle) => joinCore(environment, handle),
  };
}
