import type { User } from "wispy-auth";

import { copyScript } from "../../web/assets.ts";
import { type Html, html } from "../../web/html.ts";
import { layout } from "../layout.ts";

/** Recovery codes, which nobody can show again. One click selects them all; with a script a button copies. */
export function recoveryCodesPage({
  user,
  codes,
}: {
  readonly user: User;
  readonly codes: readonly string[];
}): Html {
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${codes.join("\n")}\n`)}`;
  const content = html`<h1>Your recovery codes</h1>
    <p class="notice good" role="status">
      Keep these where your phone is not, on paper for example. They are shown <strong>this once</strong>.
    </p>
    <p>
      Each lets you in once when you have nothing else to get a code by. Earlier ones do not work any more.
    </p>
    <p class="link codes" id="codes" aria-label="Recovery codes">${codes.join("\n")}</p>
    <div class="actions">
      <button type="button" class="main" data-copy="codes" hidden>Copy</button>
      <a class="button" href="${file}" download="wispy-notes-recovery-codes.txt">Save as a file</a>
      <a class="button" href="/account/two-step">I have kept them</a>
    </div>
    <p class="hint">To print them, print this page.</p>`;
  return layout({ title: "Recovery codes", user, narrow: true, script: copyScript, content });
}
