import type { AppAuth } from "../open-auth.ts";
import { doneMessage } from "../pages/done-message.ts";
import { explainProblem } from "../pages/explain-problem.ts";
import { signInPage } from "../pages/sign-in-page.ts";
import { field, type Routes } from "../web/visit.ts";
import { openSession } from "./open-session.ts";

export function signInRoutes(auth: AppAuth): Routes {
  return {
    "GET /sign-in": ({ current, query }) => {
      if (current !== null && !query.has("done")) return { location: "/" };
      return { status: 200, page: signInPage({ email: "", problem: null, done: doneMessage(query) }) };
    },

    "POST /sign-in": async (visit) => {
      const email = field(visit.form, "email").trim();
      try {
        const input = { email, password: field(visit.form, "password") };
        return await openSession(auth, visit, { opened: await auth.signIn(input, visit.context) });
      } catch (error) {
        const problem = explainProblem(error);
        return { status: problem.status, page: signInPage({ email, problem, done: null }) };
      }
    },

    "POST /sign-out": async ({ token, context }) => {
      if (token !== null) await auth.signOut(token, context);
      return { location: "/?done=signed-out", cookies: auth.sessionCookies(null) };
    },
  };
}
