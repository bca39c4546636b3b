import { isPending, type PendingSignIn } from "../../core/pending.ts";
import type { NewSession } from "../../core/session.ts";
import { AuthError, isAuthError } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import type { HttpOperations } from "../http-operations.ts";
import type { SignUpExtension } from "../http-modules.ts";
import { coreContracts } from "./core-contracts.ts";
import { extendInput } from "./extended-input.ts";
import { signedUpWith } from "./signed-up-with.ts";
import { implementRoute, type Route, type RouteAnswer, type RouteCall } from "../../contract/route.ts";
import { answerSignIn } from "../answers/signed-in.ts";
import { toSessionBody, toUserBody, type SignedInBody } from "./shapes.ts";

/** The core's routes over its operations. */
export function createCoreRoutes(
  operations: HttpOperations,
  signUp: SignUpExtension = { fields: {}, answers: [] },
): readonly Route[] {
  return [
    signUpRoute(operations, signUp),
    ...signingRoutes(operations),
    ...sessionRoutes(operations),
    ...accountRoutes(operations),
    implementRoute(coreContracts.health, async () => {
      await checkHealth(operations);
      return { body: { status: "ok" } };
    }),
  ];
}

function signUpRoute(operations: HttpOperations, { fields, answers }: SignUpExtension): Route {
  const contract = coreContracts.signUp;
  const input = extendInput(contract.input!, fields);
  const output = answers.length === 0 ? contract.output : signedUpWith(answers);
  return implementRoute({ ...contract, input, output }, async (call) => {
    const { email, password, name = null, extra } = call.input;
    const result = await operations.signUp({ ...extra, email, password, name }, call.context);
    const answer = await signedIn(operations, call, result);
    if (isPending(result)) return answer;
    const others = Object.fromEntries(
      answers.map((module) => [module, (result as unknown as Record<string, unknown>)[module]]),
    );
    return { ...answer, body: { ...answer.body, ...others } };
  });
}

function signingRoutes(operations: HttpOperations): Route[] {
  return [
    implementRoute(coreContracts.signIn, async (call) => {
      const { email, password, deviceToken = call.context.deviceToken ?? null } = call.input;
      const found = await operations.signIn({ email, password }, { ...call.context, deviceToken });
      return signedIn(operations, call, found);
    }),
    implementRoute(coreContracts.signOut, async (call) => {
      if (call.token !== null) await operations.signOut(call.token, call.context);
      return call.carrier === "bearer" ? { body: null } : { body: null, cookies: { session: "clear" } };
    }),
  ];
}

function sessionRoutes(operations: HttpOperations): Route[] {
  return [
    implementRoute(coreContracts.getSession, async ({ current }) => ({
      body: { user: toUserBody(current.user), session: toSessionBody(current.session) },
    })),
    implementRoute(coreContracts.listSessions, async ({ current }) => {
      const sessions = await operations.listSessions(current.user.id);
      return {
        body: {
          sessions: sessions.map((session) => ({
            ...toSessionBody(session),
            current: session.id === current.session.id,
          })),
        },
      };
    }),
    implementRoute(coreContracts.revokeSession, async ({ current, params, context }) => {
      const sessionId = params["id"] ?? "";
      // An id that is no UUID would be an error of the database.
      const revoked =
        isUuid(sessionId) &&
        (await operations.revokeSession({ userId: current.user.id, sessionId }, context));
      if (!revoked) throw new AuthError("not_found", { message: "There is no such session." });
      return sessionId === current.session.id
        ? { body: null, cookies: { session: "clear" } }
        : { body: null };
    }),
    implementRoute(coreContracts.revokeOtherSessions, async ({ current, context }) => {
      const target = { userId: current.user.id, keepSessionId: current.session.id };
      return { body: { revoked: await operations.revokeOtherSessions(target, context) } };
    }),
  ];
}

function accountRoutes(operations: HttpOperations): Route[] {
  return [
    implementRoute(coreContracts.changePassword, async ({ input, token, carrier, context }) => {
      const changed = await operations.changePassword({ token, ...input }, context);
      const body = { user: toUserBody(changed.user), session: toSessionBody(changed.session) };
      if (carrier === "bearer") return { body: { ...body, token: changed.token } };
      const session = { token: changed.token, expiresAt: changed.session.absoluteExpiresAt };
      return { body, cookies: { session } };
    }),
    implementRoute(coreContracts.confirmPassword, async ({ input, token, context }) => {
      const { user, session } = await operations.confirmPassword({ token, ...input }, context);
      return { body: { user: toUserBody(user), session: toSessionBody(session) } };
    }),
    implementRoute(coreContracts.deleteUser, async ({ input, token, carrier, context }) => {
      await operations.deleteUser({ token, password: input.password }, context);
      return carrier === "bearer" ? { body: null } : { body: null, cookies: { session: "clear" } };
    }),
  ];
}

function signedIn(
  operations: HttpOperations,
  call: RouteCall<"optional">,
  result: NewSession | PendingSignIn,
): Promise<RouteAnswer<SignedInBody>> {
  return answerSignIn(call, result, (token) => operations.signOut(token, call.context));
}

async function checkHealth(operations: HttpOperations): Promise<void> {
  try {
    await operations.health();
  } catch (error) {
    if (isAuthError(error, "overloaded")) throw error;
    throw new AuthError("database_unavailable", { message: "The database does not answer.", cause: error });
  }
}
