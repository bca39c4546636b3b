import { type Html, html } from "../web/html.ts";

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

/** "5 minutes ago": true in every time zone, which the server does not know. A date after a month. */
export function timeAgo(time: Date, now: Date = new Date()): Html {
  const title = `${exact.format(time)} UTC`;
  return html`<time datetime="${time.toISOString()}" title="${title}">${describe(time, now)}</time>`;
}

function describe(time: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - time.getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return relative.format(-minutes, "minute");
  if (minutes < 24 * 60) return relative.format(-Math.floor(minutes / 60), "hour");
  const days = Math.floor(minutes / (24 * 60));
  return days < 30 ? relative.format(-days, "day") : day.format(time);
}
