import type { LinkedAccount } from "wispy-auth/oauth";

import type { ProviderName } from "../../providers.ts";
import { type Html, html } from "../../web/html.ts";
import { timeAgo } from "../describe-time.ts";
import { formProblem, type Problem } from "../form.ts";

export interface ConnectedView {
  readonly providers: readonly ProviderName[];
  readonly linked: readonly LinkedAccount[];
  readonly problem: Problem | null;
}

/** Accounts elsewhere that sign in to this one. Nothing where there can be none. */
export function connectedSection({ providers, linked, problem }: ConnectedView): Html | null {
  if (providers.length === 0) return null;
  const free = providers.filter(({ id }) => linked.every(({ provider }) => provider !== id));
  return html`<section aria-labelledby="connected-heading">
    <h2 id="connected-heading">Connected accounts</h2>
    ${formProblem(problem, { focus: true })}
    <ul class="rows card">
      ${linked.map((account) => linkedRow(account, providers))} ${free.map(freeRow)}
    </ul>
  </section>`;
}

function linkedRow({ id, provider, email, linkedAt }: LinkedAccount, names: readonly ProviderName[]): Html {
  const name = names.find((known) => known.id === provider)?.name ?? provider;
  return html`<li>
    <div>
      <strong>${name}</strong> <span class="badge">connected</span>
      <small>${email !== null && `${email} · `}${timeAgo(linkedAt)}</small>
    </div>
    <form method="post" action="/account/providers/disconnect">
      <input type="hidden" name="id" value="${id}" />
      <input type="hidden" name="provider" value="${provider}" />
      <button class="quiet" aria-label="Disconnect ${name}">Disconnect</button>
    </form>
  </li>`;
}

function freeRow({ id, name }: ProviderName): Html {
  return html`<li>
    <div>
      <strong>${name}</strong>
      <small>not connected</small>
    </div>
    <form method="post" action="/account/providers/connect/${id}">
      <button class="quiet" aria-label="Connect ${name}">Connect</button>
    </form>
  </li>`;
}
