import type { User } from "wispy-auth";
import type { FactorKind, TwoFactorStatus } from "wispy-auth/two-factor";

import { type Html, html } from "../../web/html.ts";
import { formProblem, type Problem } from "../form.ts";
import { layout } from "../layout.ts";
import { proofForm } from "./proof-form.ts";

export interface TwoStepView {
  readonly user: User;
  readonly status: TwoFactorStatus;
  readonly problem: Problem | null;
  readonly done: Html | null;
  readonly hasInbox: boolean;
}

/** The second step of sign-ins: on, off, and what belongs to it. */
export function twoStepPage(view: TwoStepView): Html {
  const { user, status, problem, done } = view;
  const content = html`<p><a href="/account">Your account</a></p>
    <h1>Two-step sign-in</h1>
    ${done} ${formProblem(problem)}
    <p>
      After the password, a code is asked for as well: whoever finds out your password alone cannot sign in.
    </p>
    <ul class="rows card" aria-label="Ways to get codes">
      ${factorRow(view, "totp")} ${factorRow(view, "email")}
    </ul>
    ${status.enabled && proofForm(view)} ${status.enabled && browsersSection()}`;
  return layout({ title: "Two-step sign-in", user, content });
}

const factorTexts: Readonly<Record<FactorKind, readonly [name: string, about: string, action: string]>> = {
  totp: [
    "Authenticator app",
    "An app on your phone shows a new code every 30 seconds.",
    "/account/two-step/app",
  ],
  email: ["Codes by mail", "A code goes to your e-mail address.", "/account/two-step/mail"],
};

function factorRow({ user, status }: TwoStepView, factor: FactorKind): Html {
  const [name, about, action] = factorTexts[factor];
  const isOn = status.factors.includes(factor);
  const isReady = factor === "totp" || user.emailVerifiedAt !== null;
  return html`<li>
    <div>
      <strong>${name}</strong> ${isOn && html`<span class="badge">on</span>`}
      <small>${isReady ? about : "For an address that is verified."}</small>
    </div>
    ${
      !isOn &&
      isReady &&
      html`<form method="post" action="${action}">
        <button class="quiet" aria-label="Switch on: ${name}">Switch on</button>
      </form>`
    }
  </li>`;
}

function browsersSection(): Html {
  return html`<section aria-labelledby="browsers-heading">
    <h2 id="browsers-heading">Trusted browsers</h2>
    <p class="hint">Browsers that you told us to trust are asked for the password alone.</p>
    <form method="post" action="/account/two-step/forget-browsers">
      <button>Forget trusted browsers</button>
    </form>
  </section>`;
}
