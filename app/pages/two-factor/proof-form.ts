import type { CodeKind, FactorKind } from "wispy-auth/two-factor";

import { type Html, html } from "../../web/html.ts";
import { inputField } from "../form.ts";
import { inboxHint } from "../mail/inbox-hint.ts";
import { methodTexts } from "./code-methods.ts";
import type { TwoStepView } from "./two-step-page.ts";

/** A code, and what it is to allow: one form with a button for each. */
export function proofForm({ status, problem, hasInbox }: TwoStepView): Html {
  const { factors, recoveryCodesLeft } = status;
  const methods: readonly CodeKind[] = [...factors, "recoveryCode"];
  return html`<section aria-labelledby="proof-heading">
    <h2 id="proof-heading">Change it</h2>
    <p class="hint">
      ${recoveryCodesLeft} recovery ${recoveryCodesLeft === 1 ? "code is" : "codes are"} left. New ones, and
      switching something off, take a code.
    </p>
    ${
      factors.includes("email") &&
      html`<form method="post" action="/account/two-step/mail-code">
          <button>Mail me a code</button>
        </form>
        ${hasInbox && inboxHint()}`
    }
    <form class="card" method="post" action="/account/two-step/recovery-codes">
      <div class="field">
        <label for="method">Kind of code</label>
        <select id="method" name="method">
          ${methods.map((method) => html`<option value="${method}">${methodTexts[method]}</option>`)}
        </select>
      </div>
      ${inputField({ name: "code", label: "Code", type: "text", autocomplete: "one-time-code", problem })}
      <div class="actions">
        <button class="main">Make new recovery codes</button>
        ${factors.map(switchOff)}
      </div>
    </form>
  </section>`;
}

const names: Readonly<Record<FactorKind, string>> = { totp: "the app", email: "codes by mail" };

function switchOff(factor: FactorKind): Html {
  return html`<button class="danger" formaction="/account/two-step/switch-off/${factor}">
    Switch off ${names[factor]}
  </button>`;
}
