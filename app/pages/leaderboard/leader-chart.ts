import type { LeaderboardEntry } from "wispy-auth/referrals";

import { type Html, html } from "../../web/html.ts";

/** A bar chart that is a table: the bars say to the eye what stands beside them in numbers. */
export function leaderChart(leaders: readonly LeaderboardEntry[]): Html {
  const most = Math.max(1, ...leaders.map(({ qualified }) => qualified));
  return html`<table class="card leaders">
    <caption class="visually-hidden">
      The most successful, by friends who count
    </caption>
    <thead>
      <tr>
        ${["Rank", "Name", "Friends"].map(
          (title) => html`<th scope="col"><span class="visually-hidden">${title}</span></th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${leaders.map((leader) => leaderRow(leader, most))}
    </tbody>
  </table>`;
}

function leaderRow({ rank, displayName, qualified }: LeaderboardEntry, most: number): Html {
  const width = Math.max(1, Math.round((qualified / most) * 100));
  return html`<tr>
    <td class="rank">${rank}</td>
    <th scope="row">
      <span>${displayName}</span>
      <svg class="bar" aria-hidden="true">
        <rect class="bar-back" width="100%" height="100%" rx="4" />
        <rect width="${width}%" height="100%" rx="4" />
      </svg>
    </th>
    <td class="figure">${qualified}</td>
  </tr>`;
}
