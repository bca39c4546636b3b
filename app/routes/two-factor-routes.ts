import type { FactorOwner } from "wispy-auth/two-factor";

import type { AppAuth } from "../open-auth.ts";
import { doneMessage } from "../pages/done-message.ts";
import type { Problem } from "../pages/form.ts";
import { readMethod } from "../pages/two-factor/code-methods.ts";
import { explainCodeProblem } from "../pages/two-factor/explain-code-problem.ts";
import { recoveryCodesPage } from "../pages/two-factor/recovery-codes-page.ts";
import { totpPage } from "../pages/two-factor/totp-page.ts";
import { twoStepPage } from "../pages/two-factor/two-step-page.ts";
import { copyScript } from "../web/assets.ts";
import { type Answer, field, forSignedIn, type Routes, type SignedInVisit } from "../web/visit.ts";
import { forFresh } from "./for-fresh.ts";

const home = "/account/two-step";

/** Two-step sign-in: switched on and off by people who proved lately who they are. */
export function twoFactorRoutes(auth: AppAuth, { hasInbox }: { readonly hasInbox: boolean }): Routes {
  const show = async ({ current, query }: SignedInVisit, problem: Problem | null = null): Promise<Answer> => {
    const { user } = current;
    const status = await auth.twoFactor.status(user.id);
    const done = problem === null ? doneMessage(query) : null;
    const page = twoStepPage({ user, status, problem, done, hasInbox });
    return { status: problem?.status ?? 200, page };
  };

  /** Does it, or shows the page with the reason why not. */
  const change = (work: (visit: SignedInVisit) => Promise<Answer>) =>
    forFresh(home, async (visit) => {
      try {
        return await work(visit);
      } catch (error) {
        return show(visit, explainCodeProblem(error));
      }
    });

  return {
    [`GET ${home}`]: forSignedIn((visit) => show(visit)),
    ...switchingOn(auth, change),
    ...switchingOff(auth, change),

    [`POST ${home}/forget-browsers`]: forSignedIn(async ({ current: { user } }) => {
      await auth.twoFactor.forgetDevices(user.id);
      return { location: `${home}?done=browsers-forgotten` };
    }),
  };
}

type Change = (work: (visit: SignedInVisit) => Promise<Answer>) => Routes[string];

function switchingOn(auth: AppAuth, change: Change): Routes {
  return {
    [`POST ${home}/app`]: change(async ({ current: { user } }) => {
      const { uri } = await auth.twoFactor.offerTotp(user.id);
      return { status: 200, page: totpPage({ user, uri, problem: null }) };
    }),

    [`POST ${home}/app/confirm`]: change(async (visit) => {
      const { current, form, context } = visit;
      try {
        const { recoveryCodes } = await auth.twoFactor.confirmTotp(
          ownerOf(visit),
          field(form, "code"),
          context,
        );
        return showCodes(visit, recoveryCodes);
      } catch (error) {
        const problem = explainCodeProblem(error);
        const uri = field(form, "uri");
        // The same secret again: the app has it by now.
        if (problem.field !== "code" || !/^otpauth:\/\/totp\/\S+$/.test(uri)) throw error;
        return { status: problem.status, page: totpPage({ user: current.user, uri, problem }) };
      }
    }),

    [`POST ${home}/mail`]: change(async (visit) => {
      const { recoveryCodes } = await auth.twoFactor.enableEmail(ownerOf(visit), visit.context);
      return showCodes(visit, recoveryCodes);
    }),
  };
}

function switchingOff(auth: AppAuth, change: Change): Routes {
  return {
    [`POST ${home}/mail-code`]: change(async (visit) => {
      await auth.twoFactor.sendProofCode(ownerOf(visit), visit.context);
      return { location: `${home}?done=code-mailed` };
    }),

    [`POST ${home}/recovery-codes`]: change(async (visit) =>
      showCodes(
        visit,
        await auth.twoFactor.renewRecoveryCodes(ownerOf(visit), proofOf(visit), visit.context),
      ),
    ),

    [`POST ${home}/switch-off/:factor`]: change(async (visit) => {
      const factor = visit.params["factor"] === "email" ? "email" : "totp";
      await auth.twoFactor.disable(ownerOf(visit), { factor, proof: proofOf(visit) }, visit.context);
      return { location: `${home}?done=step-off` };
    }),
  };
}

function ownerOf({ current: { user, session } }: SignedInVisit): FactorOwner {
  return { userId: user.id, sessionId: session.id };
}

function proofOf({ form }: SignedInVisit) {
  return { method: readMethod(form.get("method")), code: field(form, "code").trim() };
}

/** In the answer itself: what is shown once is in no address, and in no memory of ours. */
function showCodes({ current: { user } }: SignedInVisit, codes: readonly string[] | null): Answer {
  if (codes === null) return { location: `${home}?done=step-on` };
  return { status: 200, page: recoveryCodesPage({ user, codes }), script: copyScript };
}
