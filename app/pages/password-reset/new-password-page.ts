import { type Html, html } from "../../web/html.ts";
import { formProblem, inputField, type Problem } from "../form.ts";
import { layout } from "../layout.ts";

export interface NewPasswordView {
  /** From the mailed link. */
  readonly token: string;
  readonly problem: Problem | null;
}

export function newPasswordPage({ token, problem }: NewPasswordView): Html {
  const content = html`<h1>Choose a new password</h1>
    ${formProblem(problem)}
    <form class="card" method="post" action="/reset-password">
      <input type="hidden" name="token" value="${token}" />
      ${inputField({
        name: "password",
        label: "New password",
        type: "password",
        autocomplete: "new-password",
        hint: "At least 8 characters. You are signed out everywhere, and sign in with it.",
        autofocus: true,
        problem,
      })}
      <button class="main">Set the password</button>
    </form>`;
  return layout({ title: "New password", user: "unknown", narrow: true, content });
}
