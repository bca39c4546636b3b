import type pg from "pg";
import { argon2idHasher } from "../../../src/crypto/password-hasher.ts";
import type { AuthErrorCode } from "../../../src/errors.ts";
import { newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import type { TestClock } from "../../support/test-clock.ts";
import type { FaultyHandle } from "./faulty-handle.ts";

/** What an operation works with. */
export interface Stage {
  readonly auth: TestAuth;
  /** Like `auth`, with a limit on sessions. */
  readonly capped: TestAuth;
  readonly clock: TestClock;
  readonly handle: FaultyHandle;
}

/** One call, its account made beforehand. */
export interface PreparedCall {
  run(): Promise<unknown>;
  /** What it fails with when nothing is broken. */
  readonly expected?: AuthErrorCode;
  /** Called when success was reported: true if the database agrees. */
  holds?(result: never): Promise<boolean>;
  /** It changes rows without writing an event, or the other way round. */
  readonly silent?: true;
}

export type Operation = (stage: Stage) => Promise<PreparedCall>;

interface Opened {
  readonly user: { readonly id: string };
  readonly token: string;
}

const wrong = "not the password at all";

async function signedUp({ auth }: Stage) {
  const credentials = newCredentials();
  return { ...credentials, ...(await auth.signUp(credentials)) };
}

/** True if the token that was handed out opens a session of that user. */
const opens =
  ({ auth }: Stage) =>
  async ({ user, token }: Opened): Promise<boolean> =>
    (await auth.getSession(token))?.user.id === user.id;

const canSignIn = ({ auth }: Stage, credentials: { email: string; password: string }): Promise<boolean> =>
  auth.signIn(credentials).then(
    () => true,
    () => false,
  );

const accountCalls: Readonly<Record<string, Operation>> = {
  signUp: async (stage) => ({
    run: () => stage.auth.signUp({ ...newCredentials(), name: "Ada" }),
    holds: opens(stage),
  }),
  "signUp, prepared": async (stage) => {
    const prepared = await stage.auth.prepareSignUp(newCredentials());
    return { run: () => stage.auth.signUp(prepared), holds: opens(stage) };
  },
  "signUp, taken": async (stage) => {
    const { email, password } = await signedUp(stage);
    return { run: () => stage.auth.signUp({ email, password }), expected: "user_exists" };
  },
  changePassword: async (stage) => {
    const { email, password, token } = await signedUp(stage);
    const newPassword = `${password} new`;
    return {
      run: () => stage.auth.changePassword({ token, currentPassword: password, newPassword }),
      holds: async (changed: Opened) =>
        (await opens(stage)(changed)) && (await canSignIn(stage, { email, password: newPassword })),
    };
  },
  "changePassword, wrong": async (stage) => {
    const { token, password } = await signedUp(stage);
    return {
      run: () => stage.auth.changePassword({ token, currentPassword: wrong, newPassword: `${password} new` }),
      expected: "invalid_credentials",
    };
  },
  deleteUser: async (stage) => {
    const { token, password, user } = await signedUp(stage);
    return {
      run: () => stage.auth.deleteUser({ token, password }),
      holds: async () => (await stage.auth.users.get(user.id)) === null,
    };
  },
  "deleteUser, wrong": async (stage) => {
    const { token } = await signedUp(stage);
    return { run: () => stage.auth.deleteUser({ token, password: wrong }), expected: "invalid_credentials" };
  },
};

const signInCalls: Readonly<Record<string, Operation>> = {
  signIn: async (stage) => {
    const { email, password } = await signedUp(stage);
    return { run: () => stage.auth.signIn({ email, password }), holds: opens(stage) };
  },
  "signIn, known device": async (stage) => {
    const { email, password, deviceToken } = await signedUp(stage);
    return { run: () => stage.auth.signIn({ email, password }, { deviceToken }), holds: opens(stage) };
  },
  "signIn, session limit": async (stage) => {
    const { email, password } = await signedUp(stage);
    await stage.auth.signIn({ email, password });
    return {
      run: () => stage.capped.signIn({ email, password }),
      holds: async (opened: Opened & { user: { id: string } }) =>
        (await opens(stage)(opened)) && (await stage.auth.listSessions(opened.user.id)).length === 2,
    };
  },
  "signIn, outdated hash": async (stage) => {
    const { email, password } = newCredentials();
    const passwordHash = await argon2idHasher({ memoryKiB: 16, passes: 1 }).hash(password);
    await stage.auth.users.create({ email, passwordHash });
    return { run: () => stage.auth.signIn({ email, password }), holds: opens(stage) };
  },
  "signIn, wrong": async (stage) => {
    const { email } = await signedUp(stage);
    return {
      run: () => stage.auth.signIn({ email, password: wrong }),
      expected: "invalid_credentials",
    };
  },
  "signIn, unknown": async ({ auth }) => ({
    run: () => auth.signIn(newCredentials()),
    expected: "invalid_credentials",
  }),
  "signIn, disabled": async (stage) => {
    const { email, password, user } = await signedUp(stage);
    await stage.auth.users.disable(user.id);
    return { run: () => stage.auth.signIn({ email, password }), expected: "invalid_credentials" };
  },
};

const sessionCalls: Readonly<Record<string, Operation>> = {
  getSession: async (stage) => {
    const { token } = await signedUp(stage);
    return { run: () => stage.auth.getSession(token), holds: async (found: unknown) => found !== null };
  },
  "getSession, due": async (stage) => {
    const { token } = await signedUp(stage);
    stage.clock.advance(61);
    return { run: () => stage.auth.getSession(token), holds: async (found: unknown) => found !== null };
  },
  listSessions: async (stage) => {
    const { user } = await signedUp(stage);
    return {
      run: () => stage.auth.listSessions(user.id),
      holds: async (list: unknown[]) => list.length === 1,
    };
  },
  signOut: async (stage) => {
    const { token } = await signedUp(stage);
    return {
      run: () => stage.auth.signOut(token),
      holds: async () => (await stage.auth.getSession(token)) === null,
    };
  },
  revokeSession: async (stage) => {
    const { user, session, token } = await signedUp(stage);
    return {
      run: () => stage.auth.revokeSession({ userId: user.id, sessionId: session.id }),
      holds: async () => (await stage.auth.getSession(token)) === null,
    };
  },
  revokeOtherSessions: async (stage) => {
    const { user, session, email, password, token } = await signedUp(stage);
    const other = await stage.auth.signIn({ email, password });
    return {
      run: () => stage.auth.revokeOtherSessions({ userId: user.id, keepSessionId: session.id }),
      holds: async () =>
        (await stage.auth.getSession(token)) !== null && (await stage.auth.getSession(other.token)) === null,
    };
  },
  listEvents: async (stage) => {
    const { user } = await signedUp(stage);
    return { run: () => stage.auth.listEvents(user.id), holds: async (list: unknown[]) => list.length === 1 };
  },
  cleanUp: async (stage) => {
    const { token } = await signedUp(stage);
    stage.clock.advance(31 * 86_400);
    return {
      run: () => stage.auth.cleanUp(),
      holds: async () => (await stage.auth.getSession(token)) === null,
      silent: true,
    };
  },
};

const directoryCalls: Readonly<Record<string, Operation>> = {
  "users.get": async (stage) => {
    const { user } = await signedUp(stage);
    return { run: () => stage.auth.users.get(user.id), holds: async (found: unknown) => found !== null };
  },
  "users.list": async (stage) => {
    await signedUp(stage);
    return { run: () => stage.auth.users.list(), holds: async (list: unknown[]) => list.length === 1 };
  },
  "users.create": async (stage) => {
    const credentials = newCredentials();
    return {
      run: () => stage.auth.users.create(credentials),
      holds: () => canSignIn(stage, credentials),
    };
  },
  "users.update": async (stage) => {
    const { user } = await signedUp(stage);
    const { email } = newCredentials();
    return {
      run: () => stage.auth.users.update(user.id, { name: "Bea", email }),
      holds: async () => {
        const found = await stage.auth.users.getByEmail(email);
        return found?.name === "Bea" && (await stage.auth.listSessions(user.id)).length === 0;
      },
    };
  },
  "users.update, taken": async (stage) => {
    const [one, other] = [await signedUp(stage), await signedUp(stage)];
    return {
      run: () => stage.auth.users.update(one.user.id, { email: other.email }),
      expected: "user_exists",
    };
  },
  "users.setPassword": async (stage) => {
    const { user, email, password } = await signedUp(stage);
    return {
      run: () => stage.auth.users.setPassword(user.id, `${password} new`),
      holds: async () =>
        (await stage.auth.listSessions(user.id)).length === 0 &&
        (await canSignIn(stage, { email, password: `${password} new` })),
    };
  },
  "users.disable": async (stage) => {
    const { user, token } = await signedUp(stage);
    return {
      run: () => stage.auth.users.disable(user.id, { reason: "left" }),
      holds: async () => (await stage.auth.getSession(token)) === null,
    };
  },
  "users.enable": async (stage) => {
    const { user, email, password } = await signedUp(stage);
    await stage.auth.users.disable(user.id);
    return {
      run: () => stage.auth.users.enable(user.id),
      holds: () => canSignIn(stage, { email, password }),
    };
  },
  "users.unlock": async (stage) => {
    const { user, email, password } = await signedUp(stage);
    for (let i = 0; i < 6; i += 1) await canSignIn(stage, { email, password: wrong });
    return {
      run: () => stage.auth.users.unlock(user.id),
      holds: () => canSignIn(stage, { email, password }),
      silent: true,
    };
  },
  "users.delete": async (stage) => {
    const { user } = await signedUp(stage);
    return {
      run: () => stage.auth.users.delete(user.id),
      holds: async () => (await stage.auth.users.get(user.id)) === null,
    };
  },
};

const joinedCalls: Readonly<Record<string, Operation>> = {
  "within, signUp": async (stage) => {
    const prepared = await stage.auth.prepareSignUp(newCredentials());
    return {
      run: () =>
        inHostTransaction(stage, (handle) => stage.auth.within(handle as pg.Client).signUp(prepared)),
      holds: opens(stage),
    };
  },
  "within, users.update": async (stage) => {
    const { user } = await signedUp(stage);
    const { email } = newCredentials();
    return {
      run: () =>
        inHostTransaction(stage, (handle) =>
          stage.auth.within(handle as pg.Client).users.update(user.id, { email }),
        ),
      holds: async () => (await stage.auth.users.getByEmail(email))?.id === user.id,
    };
  },
  "within, users.delete": async (stage) => {
    const { user } = await signedUp(stage);
    return {
      run: () =>
        inHostTransaction(stage, (handle) => stage.auth.within(handle as pg.Client).users.delete(user.id)),
      holds: async () => (await stage.auth.users.get(user.id)) === null,
    };
  },
};

/** A transaction as an application writes it: committed if the work succeeds, rolled back if it throws. */
async function inHostTransaction({ handle }: Stage, work: (handle: unknown) => unknown): Promise<unknown> {
  const { native } = handle;
  if ("inTransaction" in native) return native.transaction(() => work(native)).immediate();
  const client = await handle.connect();
  let broken: Error | undefined;
  const note = (error: Error): void => void (broken = error);
  client.on("error", note);
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    if (broken === undefined) client.removeListener("error", note);
    client.release(broken);
  }
}

/** Every public call that reaches the database, by name. */
export const everyOperation: Readonly<Record<string, Operation>> = {
  ...accountCalls,
  ...signInCalls,
  ...sessionCalls,
  ...directoryCalls,
  ...joinedCalls,
};
