import { renderSVG } from "uqr";
import type { User } from "wispy-auth";

import { Html, html } from "../../web/html.ts";
import { formProblem, inputField, type Problem } from "../form.ts";
import { layout } from "../layout.ts";

export interface TotpView {
  readonly user: User;
  /** What the QR code says. */
  readonly uri: string;
  readonly problem: Problem | null;
}

/** The secret for an authenticator application, to be proved by a first code. Not stored anywhere readable: shown here only. */
export function totpPage({ user, uri, problem }: TotpView): Html {
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  const content = html`<p><a href="/account/two-step">Two-step sign-in</a></p>
    <h1>Set up your app</h1>
    ${formProblem(problem)}
    <p>Scan this with an authenticator app, or type the secret into it.</p>
    <div class="qr" role="img" aria-label="QR code of the secret">
      ${new Html(renderSVG(uri, { border: 2 }))}
    </div>
    <div class="share">
      <p class="hint" id="secret-hint">The secret</p>
      <p class="link" id="secret" aria-labelledby="secret-hint">${secret}</p>
    </div>
    <form class="card" method="post" action="/account/two-step/app/confirm">
      <input type="hidden" name="uri" value="${uri}" />
      ${inputField({
        name: "code",
        label: "Code that the app shows",
        type: "code",
        autocomplete: "one-time-code",
        hint: "Your other devices are signed out.",
        problem,
      })}
      <button class="main">Switch on</button>
    </form>`;
  return layout({ title: "Set up your app", user, narrow: true, content });
}
