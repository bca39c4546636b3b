import type { AppAuth } from "../open-auth.ts";
import { confirmPasswordPage } from "../pages/confirm-password-page.ts";
import { explainProblem } from "../pages/explain-problem.ts";
import { field, forSignedIn, type Routes } from "../web/visit.ts";

/** The password once more, before what matters most: see for-fresh.ts. */
export function confirmRoutes(auth: AppAuth): Routes {
  return {
    "GET /confirm-password": forSignedIn(({ current: { user }, query }) => {
      const next = readPage(query.get("next"));
      return { status: 200, page: confirmPasswordPage({ user, next, problem: null }) };
    }),

    "POST /confirm-password": forSignedIn(async ({ current: { user }, token, form, context }) => {
      const next = readPage(form.get("next"));
      try {
        await auth.confirmPassword({ token, password: field(form, "password") }, context);
        return { location: next };
      } catch (error) {
        const problem = explainProblem(error, { password: "password" });
        return { status: problem.status, page: confirmPasswordPage({ user, next, problem }) };
      }
    }),
  };
}

/** A page of ours; an address must not lead from here to another site. */
function readPage(text: string | null): string {
  return text !== null && /^\/[a-z]+(?:[/-][a-z]+)*$/.test(text) ? text : "/account";
}
