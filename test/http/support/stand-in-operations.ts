import type { CurrentSession, NewSession } from "../../../src/core/session.ts";
import type { HttpOperations } from "../../../src/http/http-operations.ts";

/** The token that opens the stand-in's one session. */
export const liveToken = "x".repeat(42) + "A";
export const issuedToken = "y".repeat(42) + "A";
export const issuedDeviceToken = "z".repeat(42) + "A";

const at = new Date("2026-01-01T00:00:00.000Z");

export const current: CurrentSession = {
  user: {
    id: "01890000-0000-7000-8000-000000000001",
    email: "ada@example.com",
    name: null,
    emailVerifiedAt: null,
    disabledAt: null,
    createdAt: at,
    updatedAt: at,
  },
  session: {
    id: "01890000-0000-7000-8000-000000000002",
    userId: "01890000-0000-7000-8000-000000000001",
    createdAt: at,
    authenticatedAt: at,
    lastSeenAt: at,
    expiresAt: new Date("2026-01-08T00:00:00.000Z"),
    absoluteExpiresAt: new Date("2026-01-31T00:00:00.000Z"),
    ipAddress: null,
    userAgent: null,
  },
};

const created: NewSession = { ...current, token: issuedToken, deviceToken: issuedDeviceToken };

export interface RecordedCall {
  readonly operation: string;
  readonly input: unknown;
  readonly context: unknown;
}

/**
 * Operations without a database, for tests of what happens before an operation is called. `calls` says which
 * were reached and with what; `fail` makes the next ones throw.
 */
export function standInOperations(): HttpOperations & { calls: RecordedCall[]; fail: unknown } {
  const calls: RecordedCall[] = [];
  const state = {
    calls,
    fail: undefined as unknown,
    signUp: answering("signUp", created),
    signIn: answering("signIn", created),
    getSession: (token: string) => answering("getSession", token === liveToken ? current : null)(token),
    signOut: answering("signOut", true),
    listSessions: answering("listSessions", [current.session]),
    revokeSession: answering("revokeSession", true),
    revokeOtherSessions: answering("revokeOtherSessions", 1),
    changePassword: answering("changePassword", { ...current, token: issuedToken }),
    confirmPassword: answering("confirmPassword", current),
    deleteUser: answering("deleteUser", undefined),
    health: answering("health", undefined),
  };
  function answering<T>(operation: string, value: T) {
    return async (input?: unknown, context?: unknown): Promise<T> => {
      calls.push({ operation, input, context });
      if (state.fail !== undefined) throw state.fail;
      return value;
    };
  }
  return state;
}
