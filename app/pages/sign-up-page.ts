import type { RedemptionAnswer } from "wispy-auth/referrals";

import { program } from "../invitations/program.ts";
import type { ProviderName } from "../providers.ts";
import { type Html, html } from "../web/html.ts";
import { describeAmount } from "./describe-amount.ts";
import { emailField } from "./email-field.ts";
import { explainRefusal } from "./explain-refusal.ts";
import { formProblem, inputField, type Problem } from "./form.ts";
import { layout } from "./layout.ts";
import { providerButtons } from "./providers/provider-buttons.ts";

/** The code of a followed link, or what was typed. */
export interface Invitation {
  readonly code: string;
  /** What would become of it now; null if that was not asked. */
  readonly answer: RedemptionAnswer | null;
}

export interface SignUpView {
  readonly email: string;
  readonly name: string;
  readonly invitation: Invitation;
  readonly problem: Problem | null;
  readonly providers: readonly ProviderName[];
}

export function signUpPage({ email, name, invitation, problem, providers }: SignUpView): Html {
  const content = html`<h1>Create your account</h1>
    ${invitationNotice(invitation)} ${formProblem(problem)}
    <form class="card" method="post" action="/sign-up">
      ${inputField({
        name: "name",
        label: "Name",
        type: "text",
        autocomplete: "name",
        value: name,
        optional: true,
        problem,
      })}
      ${emailField(email, problem)}
      ${inputField({
        name: "password",
        label: "Password",
        type: "password",
        autocomplete: "new-password",
        hint: "At least 8 characters. A few words with spaces between them are fine.",
        problem,
      })}
      ${inputField({
        name: "referralCode",
        label: "Invitation code",
        type: "text",
        autocomplete: "off",
        // A code that cannot be used is named above; in the field it would only be refused again.
        value: invitation.answer?.redeemed === false ? "" : invitation.code,
        optional: true,
        problem,
      })}
      <button class="main">Sign up</button>
    </form>
    ${providerButtons(providers)}
    <p class="aside">You have an account? <a href="/sign-in">Sign in</a></p>`;
  return layout({ title: "Sign up", user: null, path: "/sign-up", narrow: true, content });
}

function invitationNotice({ code, answer }: Invitation): Html | null {
  if (answer === null) return null;
  if (answer.redeemed) {
    const { amount, unit } = program.referee;
    return html`<p class="notice good" role="status">
      <strong>You are invited.</strong> With this code, your first note earns you
      ${describeAmount(amount, unit)}.
    </p>`;
  }
  return html`<p class="notice bad" role="alert">
    <strong>The invitation ${code} cannot be used.</strong> ${explainRefusal(answer.reason)} You can sign up
    without one.
  </p>`;
}
