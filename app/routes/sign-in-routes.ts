import type { AppAuth } from "../open-auth.ts";
import { doneMessage } from "../pages/done-message.ts";
import { explainProblem } from "../pages/explain-problem.ts";
import { explainProviderProblem } from "../pages/providers/explain-provider-problem.ts";
import { signInPage } from "../pages/sign-in-page.ts";
import type { ProviderName } from "../providers.ts";
import { field, type Routes } from "../web/visit.ts";
import { openSession } from "./open-session.ts";

export function signInRoutes(auth: AppAuth, providers: readonly ProviderName[]): Routes {
  return {
    "GET /sign-in": ({ current, query }) => {
      const problem = explainProviderProblem(query, providers);
      // Who was about to connect an account is signed in, and reads there why it did not work.
      if (current !== null && problem !== null) return { location: `/account?${query.toString()}` };
      if (current !== null && !query.has("done")) return { location: "/" };
      const view = { email: "", problem, done: doneMessage(query), providers };
      return { status: problem?.status ?? 200, page: signInPage(view) };
    },

    "POST /sign-in": async (visit) => {
      const email = field(visit.form, "email").trim();
      try {
        const input = { email, password: field(visit.form, "password") };
        return await openSession(auth, visit, { opened: await auth.signIn(input, visit.context) });
      } catch (error) {
        const problem = explainProblem(error);
        return { status: problem.status, page: signInPage({ email, problem, done: null, providers }) };
      }
    },

    "POST /sign-out": async ({ token, context }) => {
      if (token !== null) await auth.signOut(token, context);
      return { location: "/?done=signed-out", cookies: auth.sessionCookies(null) };
    },
  };
}
