import type { Html } from "../web/html.ts";
import { inputField, type Problem } from "./form.ts";

/** The address that an account goes by. Has the focus on a form that nobody has filled in yet. */
export function emailField(value: string, problem: Problem | null): Html {
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
