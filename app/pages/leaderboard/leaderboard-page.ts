import type { User } from "wispy-auth";
import type { LeaderboardEntry, ReferralStats } from "wispy-auth/referrals";

import { type Html, html } from "../../web/html.ts";
import { dayChart } from "../charts/day-chart.ts";
import { layout } from "../layout.ts";
import { leaderChart } from "./leader-chart.ts";
import { placeSection, type PlaceView } from "./place-section.ts";

export interface LeaderboardView extends PlaceView {
  readonly user: User | null;
  readonly leaders: readonly LeaderboardEntry[];
  readonly stats: Omit<ReferralStats, "balances">;
  readonly done: Html | null;
}

/** For everybody. Names nobody who has not chosen to be named. */
export function leaderboardPage(view: LeaderboardView): Html {
  const { user, leaders, stats, done } = view;
  const content = html`<h1>Leaderboard</h1>
    ${done}
    <p>Who brought the most friends. Only those who want to be here are, by the names they chose.</p>
    ${
      leaders.length === 0
        ? html`<p class="card empty">Nobody is here yet. The first place is free.</p>`
        : leaderChart(leaders)
    }
    ${placeSection(view)}
    <section aria-labelledby="everybody-heading">
      <h2 id="everybody-heading">Everybody together</h2>
      ${dayChart({ title: "Friends who joined", daily: stats.daily })}
    </section>`;
  return layout({ title: "Leaderboard", user, path: "/leaderboard", content });
}
