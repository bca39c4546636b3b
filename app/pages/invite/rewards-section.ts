import type { Balance, Reward, RewardState } from "wispy-auth/referrals";

import { type Html, html } from "../../web/html.ts";
import { describeAmount } from "../describe-amount.ts";
import { timeAgo } from "../describe-time.ts";

export interface RewardsView {
  readonly balances: readonly Balance[];
  /** The latest, newest first. */
  readonly rewards: readonly Reward[];
}

export function rewardsSection({ balances, rewards }: RewardsView): Html {
  return html`<section aria-labelledby="rewards-heading">
    <h2 id="rewards-heading">Your rewards</h2>
    ${
      rewards.length === 0
        ? html`<p class="card empty">No rewards yet.</p>`
        : html`${balances.map(balanceFacts)}
            <ol class="rows card" aria-label="Rewards">
              ${rewards.map(rewardRow)}
            </ol>`
    }
  </section>`;
}

/** The sums of one unit: what is the user's first, and of the other states only those that hold something. */
function balanceFacts(balance: Balance): Html {
  const shown = states.filter((state) => state === "approved" || balance[state] > 0);
  return html`<dl class="facts">
    ${shown.map(
      (state) =>
        html`<div>
          <dt>${balanceTexts[state]}</dt>
          <dd class="figure">${describeAmount(balance[state], balance.unit)}</dd>
        </div>`,
    )}
  </dl>`;
}

function rewardRow({ role, amount, unit, state, createdAt }: Reward): Html {
  return html`<li>
    <div>
      <strong>${describeAmount(amount, unit)}</strong>
      <small
        >${role === "referrer" ? "for inviting a friend" : "for joining by an invitation"} ·
        ${timeAgo(createdAt)}</small
      >
    </div>
    <span class="badge ${badgeOf(state)}">${stateTexts[state]}</span>
  </li>`;
}

const states = ["approved", "fulfilled", "pending", "held", "reversed", "rejected"] as const;

const balanceTexts: Readonly<Record<RewardState, string>> = {
  approved: "Yours",
  fulfilled: "Paid out",
  pending: "Waiting for a first note",
  held: "Being looked at",
  reversed: "Taken back",
  rejected: "Declined",
};

const stateTexts: Readonly<Record<RewardState, string>> = {
  approved: "yours",
  fulfilled: "paid out",
  pending: "waiting",
  held: "being looked at",
  reversed: "taken back",
  rejected: "declined",
};

function badgeOf(state: RewardState): string {
  if (state === "approved" || state === "fulfilled") return "";
  return state === "pending" || state === "held" ? "plain" : "warning";
}
