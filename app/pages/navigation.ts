import type { User } from "wispy-auth";

import { type Html, html } from "../web/html.ts";

type Entry = readonly [href: string, text: string];

const forVisitors: readonly Entry[] = [
  ["/sign-in", "Sign in"],
  ["/sign-up", "Sign up"],
];

const forUsers: readonly Entry[] = [
  ["/", "Notes"],
  ["/invite", "Invite"],
  ["/leaderboard", "Leaderboard"],
  ["/account", "Account"],
];

/** The way to every page of somebody who is signed in, or of a visitor; `path` is the page they are on. */
export function navigation(user: User | null, path: string): Html {
  const entries = user === null ? forVisitors : forUsers;
  return html`<nav aria-label="Main">${entries.map((entry) => link(entry, path))}</nav>
    ${
      user !== null &&
      html`<form class="leave" method="post" action="/sign-out">
        <button class="quiet">Sign out</button>
      </form>`
    }`;
}

function link([href, text]: Entry, path: string): Html {
  return html`<a href="${href}" ${href === path && html`aria-current="page"`}>${text}</a>`;
}
