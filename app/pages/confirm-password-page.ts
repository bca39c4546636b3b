import type { User } from "wispy-auth";

import { type Html, html } from "../web/html.ts";
import { formProblem, inputField, type Problem } from "./form.ts";
import { layout } from "./layout.ts";
import { usernameForPasswordManagers } from "./username-field.ts";

export interface ConfirmPasswordView {
  readonly user: User;
  /** Where it goes on. */
  readonly next: string;
  readonly problem: Problem | null;
}

export function confirmPasswordPage({ user, next, problem }: ConfirmPasswordView): Html {
  const content = html`<h1>Is it you?</h1>
    <p>You signed in a while ago. Give your password once more to go on.</p>
    ${formProblem(problem)}
    <form class="card" method="post" action="/confirm-password">
      <input type="hidden" name="next" value="${next}" />
      ${usernameForPasswordManagers(user)}
      ${inputField({
        name: "password",
        label: "Your password",
        type: "password",
        autocomplete: "current-password",
        autofocus: true,
        problem,
      })}
      <button class="main">Go on</button>
    </form>
    <p class="aside">
      No password, or forgotten? Sign out and in again, or <a href="/forgot-password">get a new one</a>.
    </p>`;
  return layout({ title: "Confirm", user, narrow: true, content });
}
