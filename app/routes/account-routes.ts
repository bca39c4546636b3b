import { isAuthError } from "wispy-auth";

import type { AppAuth } from "../open-auth.ts";
import { type AccountProblem, accountPage } from "../pages/account-page.ts";
import { doneMessage } from "../pages/done-message.ts";
import { explainProblem } from "../pages/explain-problem.ts";
import { type Answer, field, forSignedIn, type Routes, type SignedInVisit } from "../web/visit.ts";

export function accountRoutes(auth: AppAuth): Routes {
  return {
    "GET /account": forSignedIn((visit) => showAccount(auth, visit, null)),

    "POST /account/password": forSignedIn(async (visit) => {
      const { token, form, context } = visit;
      try {
        const [currentPassword, newPassword] = [field(form, "currentPassword"), field(form, "newPassword")];
        const changed = await auth.changePassword({ token, currentPassword, newPassword }, context);
        return { location: "/account?done=password-changed", cookies: auth.sessionCookies(changed) };
      } catch (error) {
        if (isAuthError(error, "session_not_fresh")) return { location: "/sign-in?done=sign-in-again" };
        const problem = explainProblem(error, { password: "currentPassword", newPassword: "newPassword" });
        return showAccount(auth, visit, { ...problem, form: "password" });
      }
    }),

    "POST /account/sessions/end": forSignedIn(async ({ current: { user }, form, context }) => {
      const ended = await auth.revokeSession({ userId: user.id, sessionId: field(form, "id") }, context);
      return { location: ended ? "/account?done=device-signed-out" : "/account" };
    }),

    "POST /account/sessions/end-others": forSignedIn(async ({ current: { user, session }, context }) => {
      await auth.revokeOtherSessions({ userId: user.id, keepSessionId: session.id }, context);
      return { location: "/account?done=others-signed-out" };
    }),

    "POST /account/delete": forSignedIn(async (visit) => {
      const { token, form, context } = visit;
      try {
        await auth.deleteUser({ token, password: field(form, "password") }, context);
        return { location: "/?done=account-deleted", cookies: auth.sessionCookies(null) };
      } catch (error) {
        const problem = explainProblem(error, { password: "password" });
        return showAccount(auth, visit, { ...problem, form: "delete" });
      }
    }),
  };
}

async function showAccount(
  auth: AppAuth,
  { current, query }: SignedInVisit,
  problem: AccountProblem | null,
): Promise<Answer> {
  const [sessions, events] = await Promise.all([
    auth.listSessions(current.user.id),
    auth.listEvents(current.user.id, { limit: 15 }),
  ]);
  const done = problem === null ? doneMessage(query) : null;
  return {
    status: problem?.status ?? 200,
    page: accountPage({ current, sessions, events, problem, done }),
  };
}
