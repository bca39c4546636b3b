import type { DayCount } from "wispy-auth/referrals";

import { type Html, html } from "../../web/html.ts";

export interface DayChart {
  /** What is counted: "Friends who joined". */
  readonly title: string;
  /** Oldest first. */
  readonly daily: readonly DayCount[];
}

const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });

const describeDay = ({ day }: DayCount): string => date.format(new Date(day));

/**
 * A column for each day, or a line of text if there is nothing to show. Whoever does not see the columns gets a summary,
 * and the numbers in a table.
 */
export function dayChart({ title, daily }: DayChart): Html {
  const counted = daily.filter(({ referrals }) => referrals > 0);
  if (counted.length === 0) return html`<p class="card empty">Nobody in the last ${daily.length} days.</p>`;
  const most = Math.max(...counted.map(({ referrals }) => referrals));
  return html`<figure class="card chart">
    <figcaption class="between">
      <span>${title}, last ${daily.length} days</span> <small>most on one day: ${most}</small>
    </figcaption>
    ${columns({ daily, most, summary: summarise({ title, daily }) })}
    <div class="between" aria-hidden="true">
      <small>${describeDay(daily[0]!)}</small> <small>${describeDay(daily.at(-1)!)}</small>
    </div>
    <details>
      <summary><small>As a table</small></summary>
      ${dayTable(counted)}
    </details>
  </figure>`;
}

function dayTable(days: readonly DayCount[]): Html {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Day</th>
        <th scope="col">Joined</th>
      </tr>
    </thead>
    <tbody>
      ${days.map(
        (day) =>
          html`<tr>
            <th scope="row">${describeDay(day)}</th>
            <td>${day.referrals}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

interface Columns {
  readonly daily: readonly DayCount[];
  readonly most: number;
  readonly summary: string;
}

const height = 60;

/** Ten units a day, whatever the width of the screen. Days without anybody keep a thin line. */
function columns({ daily, most, summary }: Columns): Html {
  return html`<svg
    class="columns"
    viewBox="0 0 ${daily.length * 10} ${height}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${summary}"
  >
    ${daily.map((day, i) => {
      const size = Math.max(1, Math.round((day.referrals / most) * height));
      return html`<rect
        class="${day.referrals === 0 && "none"}"
        x="${i * 10 + 1}"
        y="${height - size}"
        width="8"
        height="${size}"
      >
        <title>${describeDay(day)}: ${day.referrals}</title>
      </rect>`;
    })}
  </svg>`;
}

function summarise({ title, daily }: DayChart): string {
  const sum = daily.reduce((total, { referrals }) => total + referrals, 0);
  return `${title} each day from ${describeDay(daily[0]!)} to ${describeDay(daily.at(-1)!)}: ${sum} in all`;
}
