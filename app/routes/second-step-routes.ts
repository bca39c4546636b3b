import { isAuthError } from "wispy-auth";

import type { AppAuth } from "../open-auth.ts";
import { doneMessage } from "../pages/done-message.ts";
import type { Problem } from "../pages/form.ts";
import { readMethod, readMethods } from "../pages/two-factor/code-methods.ts";
import { explainCodeProblem } from "../pages/two-factor/explain-code-problem.ts";
import { secondStepPage } from "../pages/two-factor/second-step-page.ts";
import { type Answer, field, type Route, type Routes, type Visit } from "../web/visit.ts";
import { openSession } from "./open-session.ts";

interface WaitingVisit extends Visit {
  /** Stands for the sign-in that waits, whether it came by a password or from a provider. */
  readonly waiting: string;
}

/** The second step of a sign-in. */
export function secondStepRoutes(auth: AppAuth, { hasInbox }: { readonly hasInbox: boolean }): Routes {
  const show = ({ query }: Visit, given: URLSearchParams, problem: Problem | null): Answer => {
    const methods = readMethods(given.get("methods"));
    const method = readMethod(given.get("method"), methods);
    const done = problem === null ? doneMessage(query) : null;
    const page = secondStepPage({ methods, method, problem, done, hasInbox });
    return { status: problem?.status ?? 200, page };
  };

  return {
    "GET /sign-in/second-step": forWaiting((visit) => show(visit, visit.query, null)),

    "POST /sign-in/second-step": forWaiting(async (visit) => {
      const { form, context, waiting } = visit;
      const answer = {
        token: waiting,
        method: readMethod(form.get("method")),
        code: field(form, "code").trim(),
        trustDevice: form.has("trustDevice"),
      };
      try {
        return await openSession(auth, visit, { opened: await auth.twoFactor.answer(answer, context) });
      } catch (error) {
        if (isAuthError(error, "twoFactor.challenge_gone")) return ended;
        return show(visit, form, explainCodeProblem(error));
      }
    }),

    "POST /sign-in/second-step/mail-code": forWaiting(async (visit) => {
      const { form, context, waiting } = visit;
      try {
        await auth.twoFactor.sendCode({ token: waiting }, context);
      } catch (error) {
        if (isAuthError(error, "twoFactor.challenge_gone")) return ended;
        return show(visit, form, explainCodeProblem(error));
      }
      const methods = readMethods(form.get("methods")).join(".");
      return { location: `/sign-in/second-step?method=email&methods=${methods}&done=code-mailed` };
    }),
  };
}

const ended: Answer = { location: "/sign-in?done=sign-in-ended" };

function forWaiting(route: (visit: WaitingVisit) => Answer | Promise<Answer>): Route {
  return (visit) => {
    const waiting = visit.context.cookies?.["twoFactor"];
    if (visit.current !== null) return { location: "/" };
    return waiting === undefined ? ended : route({ ...visit, waiting });
  };
}
