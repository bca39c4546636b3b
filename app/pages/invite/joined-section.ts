import type { Referral, ReferralStats } from "wispy-auth/referrals";

import { type Html, html } from "../../web/html.ts";
import { dayChart } from "../charts/day-chart.ts";
import { timeAgo } from "../describe-time.ts";

export interface JoinedView {
  readonly stats: ReferralStats;
  /** The latest, newest first. */
  readonly referrals: readonly Referral[];
}

/** Whom the user's codes brought: how many, when and by which code, and not who. */
export function joinedSection({ stats, referrals }: JoinedView): Html {
  return html`<section aria-labelledby="joined-heading">
    <h2 id="joined-heading">Who joined</h2>
    ${
      referrals.length === 0
        ? html`<p class="card empty">
            Nobody yet. Share a link, and friends who join by it are counted here.
          </p>`
        : html`${dayChart({ title: "Friends who joined", daily: stats.daily })}
            <ol class="rows card" aria-label="Friends">
              ${referrals.map(referralRow)}
            </ol>
            <p class="hint">
              ${stats.referrals > referrals.length && html`The latest ${referrals.length}. `}Who they are
              stays with them.
            </p>`
    }
  </section>`;
}

function referralRow({ code, state, createdAt }: Referral): Html {
  return html`<li>
    <div>
      <strong>A friend joined</strong>
      <small>with ${code} · ${timeAgo(createdAt)}</small>
    </div>
    <span class="badge ${badges[state]}">${stateTexts[state]}</span>
  </li>`;
}

const stateTexts: Readonly<Record<Referral["state"], string>> = {
  pending: "no note yet",
  qualified: "counts",
  rejected: "does not count",
};

const badges: Readonly<Record<Referral["state"], string>> = {
  pending: "plain",
  qualified: "",
  rejected: "warning",
};
