import type { User } from "wispy-auth";

import { type Html, html } from "../../web/html.ts";
import { formProblem, inputField, type Problem } from "../form.ts";

/** The form for another address, which takes effect once a mail to it is confirmed. */
export function emailSection({
  user,
  problem,
}: {
  readonly user: User;
  readonly problem: Problem | null;
}): Html {
  const isVerified = user.emailVerifiedAt !== null;
  return html`<section aria-labelledby="email-heading">
    <h2 id="email-heading">E-mail address</h2>
    <details class="card" ${problem !== null && html`open`}>
      <summary>
        ${user.email}
        <span class="badge ${!isVerified && "plain"}">${isVerified ? "confirmed" : "not confirmed"}</span>
      </summary>
      ${formProblem(problem, { focus: true })}
      <form method="post" action="/account/email">
        ${inputField({
          name: "email",
          label: "New address",
          type: "email",
          autocomplete: "email",
          hint: "We mail a link to it. Until you follow that, nothing changes.",
          problem,
        })}
        <button class="main">Change address</button>
      </form>
    </details>
  </section>`;
}
