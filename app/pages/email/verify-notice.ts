import type { User } from "wispy-auth";

import { type Html, html } from "../../web/html.ts";
import { formProblem, inputField, type Problem } from "../form.ts";

/** For whoever has not confirmed the address yet, by the link or the code of the mail. Nothing is held up by it. */
export function verifyNotice({ email, emailVerifiedAt }: User, problem: Problem | null = null): Html | null {
  if (emailVerifiedAt !== null) return null;
  return html`<div class="card verify">
    <div class="between">
      <p><strong>Confirm your address.</strong> A link went to ${email}.</p>
      <form method="post" action="/account/verify-email">
        <button>Mail me another</button>
      </form>
    </div>
    ${formProblem(problem, { focus: true })}
    <details ${problem !== null && html`open`}>
      <summary>Enter the code of the mail instead</summary>
      <form method="post" action="/account/verify-email/code">
        ${inputField({
          name: "code",
          label: "Code",
          type: "code",
          autocomplete: "one-time-code",
          hint: "Six digits. It works for ten minutes.",
          problem,
        })}
        <button class="main">Confirm</button>
      </form>
    </details>
  </div>`;
}
