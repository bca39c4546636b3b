import { isAuthError } from "wispy-auth";

import type { AppAuth } from "../open-auth.ts";
import { type AccountProblem, accountPage } from "../pages/account-page.ts";
import { doneMessage } from "../pages/done-message.ts";
import { explainVerifyProblem } from "../pages/email/explain-verify-problem.ts";
import { explainProblem } from "../pages/explain-problem.ts";
import { explainProviderProblem } from "../pages/providers/explain-provider-problem.ts";
import type { ProviderName } from "../providers.ts";
import { type Answer, field, forSignedIn, type Routes, type SignedInVisit } from "../web/visit.ts";
import { confirmFirst, forFresh } from "./for-fresh.ts";

export function accountRoutes(auth: AppAuth, providers: readonly ProviderName[]): Routes {
  const show: Show = (visit, problem) => showAccount(auth, { visit, problem, providers });

  return {
    "GET /account": forSignedIn((visit) => show(visit, null)),

    "POST /account/password": forSignedIn(async (visit) => {
      const { token, form, context } = visit;
      try {
        const [currentPassword, newPassword] = [field(form, "currentPassword"), field(form, "newPassword")];
        const changed = await auth.changePassword({ token, currentPassword, newPassword }, context);
        return { location: "/account?done=password-changed", cookies: auth.sessionCookies(changed) };
      } catch (error) {
        if (isAuthError(error, "session_not_fresh")) return { location: confirmFirst("/account") };
        const problem = explainProblem(error, { password: "currentPassword", newPassword: "newPassword" });
        return show(visit, { ...problem, form: "password" });
      }
    }),

    ...addressRoutes(auth, show),

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
        return show(visit, { ...problem, form: "delete" });
      }
    }),
  };
}

type Show = (visit: SignedInVisit, problem: AccountProblem | null) => Promise<Answer>;

/** What is done about the address while signed in; where the mails lead to is in email-routes.ts. */
function addressRoutes(auth: AppAuth, show: Show): Routes {
  return {
    "POST /account/verify-email": forSignedIn(async (visit) => {
      try {
        await auth.emailVerification.send({ userId: visit.current.user.id }, visit.context);
        return { location: "/account?done=verify-mailed" };
      } catch (error) {
        if (isAuthError(error, "emailVerification.already_verified")) return { location: "/account" };
        return show(visit, { ...explainVerifyProblem(error), form: "verify" });
      }
    }),

    "POST /account/verify-email/code": forSignedIn(async (visit) => {
      const { current, form, context } = visit;
      const confirmation = { userId: current.user.id, code: field(form, "code").replaceAll(/\s/g, "") };
      try {
        await auth.emailVerification.confirm(confirmation, context);
        return { location: "/account?done=verified" };
      } catch (error) {
        return show(visit, { ...explainVerifyProblem(error), form: "verify" });
      }
    }),

    "POST /account/email": forFresh("/account", async (visit) => {
      const { current, form, context } = visit;
      const owner = { userId: current.user.id, sessionId: current.session.id };
      try {
        await auth.emailVerification.requestChange(owner, { email: field(form, "email").trim() }, context);
        return { location: "/account?done=change-mailed" };
      } catch (error) {
        return show(visit, { ...explainProblem(error), form: "email" });
      }
    }),
  };
}

async function showAccount(
  auth: AppAuth,
  {
    visit: { current, query },
    problem,
    providers,
  }: {
    readonly visit: SignedInVisit;
    readonly problem: AccountProblem | null;
    readonly providers: readonly ProviderName[];
  },
): Promise<Answer> {
  const [sessions, events, linked, twoStep] = await Promise.all([
    auth.listSessions(current.user.id),
    auth.listEvents(current.user.id, { limit: 15 }),
    auth.oauth.listAccounts(current.user.id),
    auth.twoFactor.status(current.user.id),
  ]);
  const done = problem === null ? doneMessage(query) : null;
  return {
    status: problem?.status ?? 200,
    page: accountPage({
      current,
      sessions,
      events,
      twoStep,
      connected: { providers, linked, problem: explainProviderProblem(query, providers) },
      problem,
      done,
    }),
  };
}
