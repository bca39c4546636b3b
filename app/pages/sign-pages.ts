import { type Html, html } from "../web/html.ts";
import { formProblem, inputField, type Problem } from "./form.ts";
import { layout } from "./layout.ts";

export interface SignForm {
  readonly email: string;
  readonly name: string;
  readonly problem: Problem | null;
}

export const emptySignForm: SignForm = { email: "", name: "", problem: null };

export function signUpPage({ email, name, problem }: SignForm): Html {
  const content = html`<h1>Create your account</h1>
    ${formProblem(problem)}
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
      <button class="main">Sign up</button>
    </form>
    <p class="aside">You have an account? <a href="/sign-in">Sign in</a></p>`;
  return layout({ title: "Sign up", user: null, path: "/sign-up", narrow: true, content });
}

export function signInPage({ email, problem, done }: SignForm & { readonly done: Html | null }): Html {
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
    <p class="aside">No account yet? <a href="/sign-up">Sign up</a></p>`;
  return layout({ title: "Sign in", user: null, path: "/sign-in", narrow: true, content });
}

function emailField(value: string, problem: Problem | null): Html {
  const hasFocus = value === "" && problem === null;
  return inputField({
    name: "email",
    label: "E-mail address",
    type: "email",
    autocomplete: "username",
    value,
    autofocus: hasFocus,
    problem,
  });
}
