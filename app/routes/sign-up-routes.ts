import type { RedemptionAnswer } from "wispy-auth/referrals";

import type { AppAuth } from "../open-auth.ts";
import { explainProblem } from "../pages/explain-problem.ts";
import { explainRefusal } from "../pages/explain-refusal.ts";
import type { Problem } from "../pages/form.ts";
import { type Invitation, signUpPage } from "../pages/sign-up-page.ts";
import type { ProviderName } from "../providers.ts";
import type { SignUp } from "../sign-up.ts";
import { field, type Routes, type Visit } from "../web/visit.ts";
import { openSession } from "./open-session.ts";

export function signUpRoutes(
  auth: AppAuth,
  { signUp, providers }: { readonly signUp: SignUp; readonly providers: readonly ProviderName[] },
): Routes {
  return {
    /** A share link. */
    "GET /invite/:code": ({ params, current }) => {
      if (current !== null) return { location: "/invite?done=member-already" };
      return { location: `/sign-up?code=${encodeURIComponent(params["code"] ?? "")}` };
    },

    "GET /sign-up": async ({ current, query, context }) => {
      if (current !== null) return { location: "/" };
      const given = query.get("code")?.trim() ?? "";
      const cookie = given === "" ? null : await auth.referrals.attributionCookie(given, context);
      const invitation = await findInvitation(auth, given || auth.referrals.followedCode(context), context);
      const page = signUpPage({ email: "", name: "", invitation, problem: null, providers });
      return { status: 200, page, cookies: cookie === null ? [] : [cookie] };
    },

    "POST /sign-up": async (visit) => {
      const { form } = visit;
      const [email, name] = [field(form, "email").trim(), field(form, "name")];
      const referralCode = field(form, "referralCode").trim();
      const refuse = (problem: Problem) => {
        const invitation = { code: referralCode, answer: null };
        return { status: problem.status, page: signUpPage({ email, name, invitation, problem, providers }) };
      };
      try {
        const unusable = await refuseCode(auth, referralCode, visit.context);
        if (unusable !== null) return refuse(unusable);
        const input = { email, name, password: field(form, "password"), referralCode };
        const opened = await signUp(input, contextOf(visit));
        return await openSession(auth, visit, { opened, location: startOf(opened.referrals) });
      } catch (error) {
        return refuse(explainProblem(error, { newPassword: "password" }));
      }
    },
  };
}

async function findInvitation(
  auth: AppAuth,
  code: string | null,
  context: Visit["context"],
): Promise<Invitation> {
  if (code === null) return { code: "", answer: null };
  return { code, answer: await auth.referrals.checkCode(code, context) };
}

/** Better said while the code can still be corrected than after the account was made without it. */
async function refuseCode(auth: AppAuth, code: string, context: Visit["context"]): Promise<Problem | null> {
  const answer: RedemptionAnswer | null = code === "" ? null : await auth.referrals.checkCode(code, context);
  if (answer === null || answer.redeemed) return null;
  const message = `${explainRefusal(answer.reason)} Enter another, or leave the field empty.`;
  return { status: 422, field: "referralCode", message };
}

/** What the form shows is what counts: who empties the field takes the link back that was followed before. */
function contextOf({ form, context }: Visit): Visit["context"] {
  if (!form.has("referralCode")) return context;
  const { referrals: _followed, ...cookies } = context.cookies ?? {};
  return { ...context, cookies };
}

/** Between the look at the code and the sign-up, others may have used it up. */
function startOf(answer: RedemptionAnswer | null): string {
  if (answer === null) return "/";
  if (answer.redeemed) return "/?done=invited";
  return answer.reason === "self_referral" ? "/?done=self-referral" : "/?done=code-not-used";
}
