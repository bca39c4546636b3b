import type { User } from "wispy-auth";

import { program } from "../../invitations/program.ts";
import { copyScript } from "../../web/assets.ts";
import { type Html, html } from "../../web/html.ts";
import { describeAmount } from "../describe-amount.ts";
import { layout } from "../layout.ts";
import { codesSection, type CodesView } from "./codes-section.ts";
import { joinedSection, type JoinedView } from "./joined-section.ts";
import { rewardsSection, type RewardsView } from "./rewards-section.ts";

export interface InviteView extends CodesView, JoinedView, Omit<RewardsView, "balances"> {
  readonly user: User;
  readonly done: Html | null;
}

export function invitePage(view: InviteView): Html {
  const { user, done, stats, rewards } = view;
  const { referrer, referee } = program;
  const content = html`<h1>Invite friends</h1>
    ${done}
    <p>
      A friend who joins by your code and writes a first note gets
      ${describeAmount(referee.amount, referee.unit)}, and you get
      ${describeAmount(referrer.amount, referrer.unit)}.
    </p>
    <dl class="facts">
      <div>
        <dt>Joined</dt>
        <dd class="figure">${stats.referrals}</dd>
      </div>
      <div>
        <dt>Counted so far</dt>
        <dd class="figure">${stats.qualified}</dd>
      </div>
    </dl>
    ${codesSection(view)} ${joinedSection(view)} ${rewardsSection({ balances: stats.balances, rewards })}
    <p><a href="/leaderboard">See who brought the most friends</a></p>`;
  return layout({ title: "Invite", user, path: "/invite", script: copyScript, content });
}
