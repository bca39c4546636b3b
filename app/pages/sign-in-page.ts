import type { ProviderName } from "../providers.ts";
import { type Html, html } from "../web/html.ts";
import { emailField } from "./email-field.ts";
import { formProblem, inputField, type Problem } from "./form.ts";
import { layout } from "./layout.ts";
import { providerButtons } from "./providers/provider-buttons.ts";

export interface SignInView {
  readonly email: string;
  readonly problem: Problem | null;
  readonly done: Html | null;
  readonly providers: readonly ProviderName[];
}

export function signInPage({ email, problem, done, providers }: SignInView): Html {
  const content = html`<h1>Sign in</h1>
    ${done} ${formProblem(problem)}
    <form class="card" method="post" action="/sign-in">
      ${emailField(email, problem)}
      ${inputField({
        name: "password",
        label: "Password",
        type: "password",
        autocomplete: "current-password",
        // Whoever mistyped the password has the address right, most of the time.
        autofocus: email !== "",
        problem,
      })}
      <button class="main">Sign in</button>
    </form>
    ${providerButtons(providers)}
    <p class="aside"><a href="/forgot-password">Forgot your password?</a></p>
    <p class="aside">No account yet? <a href="/sign-up">Sign up</a></p>`;
  return layout({ title: "Sign in", user: null, path: "/sign-in", narrow: true, content });
}
