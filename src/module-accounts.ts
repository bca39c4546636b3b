import type { ModuleAccounts } from "./contract/accounts.ts";
import type { CoreEnvironment } from "./core/core-environment.ts";
import { confirmPassword, requireConfirming } from "./core/credentials/confirm-password.ts";
import { findCredential } from "./core/credentials/credential-statements.ts";
import { readClientDetails } from "./core/input/client-details.ts";
import { parsePasswordInput } from "./core/input/password-input.ts";
import { readPreparedPassword } from "./core/prepared-password.ts";
import { revokeOtherSessionsScript } from "./core/sessions/end-sessions.ts";
import { getSession } from "./core/sessions/get-session.ts";
import { openProvenSession } from "./core/sign-in/open-proven-session.ts";
import { prepareProvenSignUp } from "./core/sign-up/prepare-sign-up.ts";
import { signUp } from "./core/sign-up/sign-up.ts";
import { takeOverScript } from "./core/users/take-over.ts";
import { changeEmailScript } from "./core/users/update-user.ts";
import { setPasswordScript, verifyEmailScript } from "./core/users/user-scripts.ts";
import { lockUser } from "./core/users/user-statements.ts";
import { preparePassword } from "./core/users/users.ts";
import { isUuid } from "./ids.ts";

/** What a module may do with accounts, built from the scripts of the core's own operations. */
export function createModuleAccounts(
  environment: CoreEnvironment,
  {
    module,
    checkSignUpFields,
  }: { readonly module: string; readonly checkSignUpFields: ModuleAccounts["checkSignUpFields"] },
): ModuleAccounts {
  const { database } = environment;
  return {
    openSession({ userId, method, context, proof = null, outcome = [], script = null, passed = [] }) {
      const proven = { userId, method, context, proof, outcome, script };
      return openProvenSession(environment, { ...proven, passed: [...passed, module] });
    },
    async signUp({ name, fields = {}, script = null, context, ...input }) {
      const proven = { ...input, name, fields, script };
      return signUp(environment, await prepareProvenSignUp(environment, { input: proven, context }));
    },
    checkSignUpFields,
    findSession: (token) => getSession(environment, token),
    preparePassword: (password, { email } = {}) => preparePassword(environment, { password, email }),
    async confirmPassword(input, context) {
      const password = parsePasswordInput(input.password, "password");
      const client = readClientDetails(context);
      const confirming = await requireConfirming(environment, input.token);
      await environment.hooks.attempted({ action: "confirmPassword", client, account: confirming.id });
      const confirmed = await confirmPassword(environment, { confirming, password, client });
      const { passwordHash: _, sessionId: __, authenticatedAt: ___, ...user } = confirmed;
      return user;
    },
    hasPassword: async (userId) =>
      isUuid(userId) && (await database.maybeOne(findCredential, { userId })) !== null,
    ...accountScripts(environment),
  };
}

function accountScripts(environment: CoreEnvironment) {
  return {
    hold: (userId) =>
      function* (tx) {
        const held = isUuid(userId) ? yield* tx.maybeOne(lockUser, { id: userId }) : null;
        if (held === null) return null;
        const { emailCanonical: _, ...user } = held;
        return user;
      },
    findPassword: (userId) =>
      function* (tx) {
        return (yield* tx.maybeOne(findCredential, { userId })) !== null;
      },
    setPassword: ({ userId, password, client }) =>
      setPasswordScript(environment, { userId, passwordHash: readPreparedPassword(password), client }),
    removePassword: ({ userId, client }) =>
      setPasswordScript(environment, { userId, passwordHash: null, client }),
    markEmailVerified: (change) => verifyEmailScript(environment, change),
    takeOver: (change) => takeOverScript(environment, change),
    changeEmail: (change) => changeEmailScript(environment, change),
    endSessions: ({ userId, client, keepSessionId }) =>
      revokeOtherSessionsScript(environment, { userId, keepSessionId, client }),
  } satisfies Partial<ModuleAccounts>;
}
