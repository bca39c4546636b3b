import { isAuthError } from "wispy-auth";

import type { AppAuth } from "../open-auth.ts";
import { doneMessage } from "../pages/done-message.ts";
import { explainCodeProblem } from "../pages/invite/explain-code-problem.ts";
import { type CodeForm, emptyCodeForm } from "../pages/invite/code-form.ts";
import { invitePage } from "../pages/invite/invite-page.ts";
import { copyScript } from "../web/assets.ts";
import {
  type Answer,
  field,
  forSignedIn,
  type Route,
  type Routes,
  type SignedInVisit,
} from "../web/visit.ts";

/** The user's own codes, what came of them, and what it earned. The share links lead to sign-up-routes.ts. */
export function inviteRoutes(auth: AppAuth): Routes {
  return {
    "GET /invite": forSignedIn((visit) => showInvite(auth, visit, emptyCodeForm)),

    "POST /invite/codes": forSignedIn(async (visit) => {
      const { current, form } = visit;
      const [code, maxUses] = [field(form, "code").trim(), field(form, "maxUses").trim()];
      try {
        await auth.referrals.createCode({
          userId: current.user.id,
          ...(code !== "" && { code }),
          ...(maxUses !== "" && { maxUses: readNumber(maxUses) }),
        });
        return { location: "/invite?done=code-made" };
      } catch (error) {
        return showInvite(auth, visit, { code, maxUses, problem: explainCodeProblem(error) });
      }
    }),

    "POST /invite/codes/pause": changeCode("code-paused", (target) =>
      auth.referrals.updateCode({ ...target, paused: true }),
    ),

    "POST /invite/codes/resume": changeCode("code-resumed", (target) =>
      auth.referrals.updateCode({ ...target, paused: false }),
    ),

    "POST /invite/codes/retire": changeCode("code-retired", (target) =>
      auth.referrals.deactivateCode(target),
    ),
  };
}

/** Does something to the code that the form names. Nothing happens if the user has no such code. */
function changeCode(
  done: string,
  change: (target: { readonly userId: string; readonly codeId: string }) => Promise<unknown>,
): Route {
  return forSignedIn(async ({ current, form }) => {
    try {
      const changed = await change({ userId: current.user.id, codeId: field(form, "id") });
      return { location: changed === false ? "/invite" : `/invite?done=${done}` };
    } catch (error) {
      if (isAuthError(error, "not_found") || isAuthError(error, "invalid_input")) {
        return { location: "/invite" };
      }
      throw error;
    }
  });
}

async function showInvite(
  auth: AppAuth,
  { current, query, origin }: SignedInVisit,
  codeForm: CodeForm,
): Promise<Answer> {
  const { user } = current;
  const [codes, stats, referrals, rewards] = await Promise.all([
    auth.referrals.listCodes(user.id),
    auth.referrals.stats(user.id),
    auth.referrals.listReferrals(user.id, { limit: 20 }),
    auth.referrals.listRewards(user.id, { limit: 20 }),
  ]);
  const done = codeForm.problem === null ? doneMessage(query) : null;
  const page = invitePage({ user, origin, codes, stats, referrals, rewards, codeForm, done });
  return { status: codeForm.problem?.status ?? 200, page, script: copyScript };
}

/** What is no whole number becomes one that the library refuses. */
function readNumber(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
