import { type Html, html } from "../../web/html.ts";
import { formProblem, inputField, type Problem } from "../form.ts";

export interface CodeForm {
  readonly code: string;
  readonly maxUses: string;
  readonly problem: Problem | null;
}

export const emptyCodeForm: CodeForm = { code: "", maxUses: "", problem: null };

/** The form that makes a code: without any choice, or with an own one. */
export function codeForm({ code, maxUses, problem }: CodeForm, { card = false } = {}): Html {
  return html`${formProblem(problem, { focus: true })}
    <form class="${card && "card"}" method="post" action="/invite/codes">
      ${inputField({
        name: "code",
        label: "A code of your own",
        type: "text",
        autocomplete: "off",
        hint: "4 to 32 letters, digits and dashes, such as ANNS-NOTES. Left empty, we make one up.",
        value: code,
        optional: true,
        problem,
      })}
      ${inputField({
        name: "maxUses",
        label: "How often it may be used",
        type: "number",
        autocomplete: "off",
        value: maxUses,
        optional: true,
        problem,
      })}
      <button class="main">Make the code</button>
    </form>`;
}
