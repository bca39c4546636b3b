import { AuthError } from "../errors.ts";
import type { CoreEnvironment } from "./core-environment.ts";
import type { JoinedCore } from "./core.ts";
import { listEvents } from "./events/list-events.ts";
import { unknownClient } from "./input/client-details.ts";
import { joinedRunner, type ResultMode } from "./runner.ts";
import { revokeOtherSessionsScript, revokeSessionScript } from "./sessions/end-sessions.ts";
import { listSessions } from "./sessions/list-sessions.ts";
import { joinedSignUpScript } from "./sign-up/sign-up.ts";
import { createUserDirectory } from "./users/user-directory.ts";

/** The operations that can run inside the application's transaction, built from the same scripts as the core's own. */
export function joinCore(environment: CoreEnvironment, handle: unknown): JoinedCore<ResultMode> {
  const runner = joinedRunner(environment.database.within(handle));
  return {
    signUp: (prepared) => runner.transaction(() => joinedSignUpScript(environment, prepared)),
    listSessions: (userId) => listSessions(environment, { userId, runner }),
    revokeSession: (target) =>
      runner.transaction(() => revokeSessionScript(environment, { ...target, client: unknownClient })),
    revokeOtherSessions: ({ userId, keepSessionId }) =>
      runner.transaction(() =>
        revokeOtherSessionsScript(environment, { userId, keepSessionId, client: unknownClient }),
      ),
    listEvents: (userId, { limit } = {}) => listEvents(runner, { userId, limit }),
    signIn() {
      throw new AuthError("sign_in_cannot_join", {
        message:
          "Sign in outside the transaction: its failed attempts must be counted even if the transaction is rolled back",
      });
    },
    users: createUserDirectory(environment, runner),
  };
}
