import type { Auth, NewSession } from "wispy-auth";

import { doneMessage } from "../pages/done-message.ts";
import { explainProblem } from "../pages/explain-problem.ts";
import { emptySignForm, signInPage, signUpPage } from "../pages/sign-pages.ts";
import type { SignUp } from "../sign-up.ts";
import { type Answer, field, type Routes, type Visit } from "../web/visit.ts";

export function signRoutes(auth: Auth, signUp: SignUp): Routes {
  return {
    "GET /sign-up": ({ current }) => {
      return current === null ? { status: 200, page: signUpPage(emptySignForm) } : { location: "/" };
    },

    "POST /sign-up": async (visit) => {
      const [email, name] = [field(visit.form, "email").trim(), field(visit.form, "name")];
      try {
        const input = { email, name, password: field(visit.form, "password") };
        return await openSession(auth, visit, await signUp(input, visit.context));
      } catch (error) {
        const problem = explainProblem(error, { newPassword: "password" });
        return { status: problem.status, page: signUpPage({ email, name, problem }) };
      }
    },

    "GET /sign-in": ({ current, query }) => {
      if (current !== null && !query.has("done")) return { location: "/" };
      return { status: 200, page: signInPage({ ...emptySignForm, done: doneMessage(query) }) };
    },

    "POST /sign-in": async (visit) => {
      const email = field(visit.form, "email").trim();
      try {
        const input = { email, password: field(visit.form, "password") };
        return await openSession(auth, visit, await auth.signIn(input, visit.context));
      } catch (error) {
        const problem = explainProblem(error);
        return { status: problem.status, page: signInPage({ email, name: "", problem, done: null }) };
      }
    },

    "POST /sign-out": async ({ token, context }) => {
      if (token !== null) await auth.signOut(token, context);
      return { location: "/?done=signed-out", cookies: auth.sessionCookies(null) };
    },
  };
}

/** The browser gets the new session; the one it had, if any, is over, as nobody holds its token any more. */
async function openSession(auth: Auth, { token, context }: Visit, opened: NewSession): Promise<Answer> {
  if (token !== null) await auth.signOut(token, context);
  return { location: "/", cookies: auth.sessionCookies(opened) };
}
