import { isAuthError } from "wispy-auth";

import type { AppAuth } from "../open-auth.ts";
import { doneMessage } from "../pages/done-message.ts";
import { explainProblem } from "../pages/explain-problem.ts";
import { forgotPasswordPage } from "../pages/password-reset/forgot-password-page.ts";
import { newPasswordPage } from "../pages/password-reset/new-password-page.ts";
import { deadLinkPage } from "../pages/dead-link-page.ts";
import { type Answer, field, type Routes } from "../web/visit.ts";

/** A forgotten password: a link by mail, and the page that it leads to. */
export function passwordResetRoutes(auth: AppAuth, { hasInbox }: { readonly hasInbox: boolean }): Routes {
  return {
    "GET /forgot-password": ({ query }) => {
      const view = { email: "", problem: null, done: doneMessage(query), hasInbox };
      return { status: 200, page: forgotPasswordPage(view) };
    },

    "POST /forgot-password": async ({ form, context }) => {
      const email = field(form, "email").trim();
      try {
        await auth.passwordReset.request({ email }, context);
        return { location: "/forgot-password?done=reset-mailed" };
      } catch (error) {
        const problem = explainProblem(error);
        return { status: problem.status, page: forgotPasswordPage({ email, problem, done: null, hasInbox }) };
      }
    },

    /** Spends nothing: programs that look at mails follow links too. */
    "GET /reset-password": ({ query }) => showNewPassword(query.get("token") ?? "", null),

    "POST /reset-password": async ({ form, context }) => {
      const [token, password] = [field(form, "token"), field(form, "password")];
      try {
        await auth.passwordReset.reset({ token, password }, context);
        return { location: "/sign-in?done=password-reset", cookies: auth.sessionCookies(null) };
      } catch (error) {
        if (isAuthError(error, "passwordReset.link_gone")) {
          return { status: 410, page: deadLinkPage({ href: "/forgot-password", text: "Get a new link" }) };
        }
        return showNewPassword(token, explainProblem(error, { newPassword: "password" }));
      }
    },
  };
}

function showNewPassword(token: string, problem: ReturnType<typeof explainProblem> | null): Answer {
  const page = newPasswordPage({ token, problem });
  return { status: problem?.status ?? 200, page, hasSecretAddress: true };
}
