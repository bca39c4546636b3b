import { type Html, html } from "../../web/html.ts";
import { emailField } from "../email-field.ts";
import { formProblem, type Problem } from "../form.ts";
import { layout } from "../layout.ts";
import { inboxHint } from "../mail/inbox-hint.ts";

export interface ForgotPasswordView {
  readonly email: string;
  readonly problem: Problem | null;
  readonly done: Html | null;
  readonly hasInbox: boolean;
}

export function forgotPasswordPage({ email, problem, done, hasInbox }: ForgotPasswordView): Html {
  const content = html`<h1>Forgot your password?</h1>
    ${done} ${formProblem(problem)}
    <p>We mail you a link to a new one.</p>
    <form class="card" method="post" action="/forgot-password">
      ${emailField(email, problem)}
      <button class="main">${done === null ? "Mail me a link" : "Mail me another link"}</button>
    </form>
    ${hasInbox && inboxHint()}
    <p class="aside">You remember it? <a href="/sign-in">Sign in</a></p>`;
  return layout({ title: "Forgot your password", user: null, narrow: true, content });
}
