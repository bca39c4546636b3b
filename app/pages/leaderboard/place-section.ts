import type { ReferralProfile } from "wispy-auth/referrals";

import { type Html, html } from "../../web/html.ts";
import { inputField, type Problem } from "../form.ts";

export interface PlaceView {
  /** What the user chose; null for visitors. */
  readonly profile: ReferralProfile | null;
  /** Friends of the user who count: without any, nobody is shown. */
  readonly counted: number;
  /** A name that was typed and not accepted. */
  readonly draft: string | null;
  readonly problem: Problem | null;
}

/** Whether and how the user wants to be on the leaderboard. */
export function placeSection(view: PlaceView): Html {
  return html`<section aria-labelledby="place-heading">
    <h2 id="place-heading">Your place</h2>
    ${view.profile === null ? forVisitors() : forUsers(view.profile, view)}
  </section>`;
}

function forVisitors(): Html {
  return html`<p><a href="/sign-in">Sign in</a> to invite friends and to be on the leaderboard.</p>`;
}

function forUsers({ displayName, listed }: ReferralProfile, { counted, draft, problem }: PlaceView): Html {
  return html`<p>
      ${
        listed
          ? html`You are on the leaderboard as
              <strong>${displayName}</strong>${counted === 0 && ", as soon as a friend of yours counts"}.`
          : "You are not on the leaderboard. Nobody sees how many friends you bring."
      }
    </p>
    <form class="card" method="post" action="/leaderboard/join">
      ${inputField({
        name: "displayName",
        label: "Name to be shown by",
        type: "text",
        autocomplete: "nickname",
        hint: "Everybody can see it. It need not be your own.",
        value: draft ?? displayName ?? "",
        problem,
      })}
      <button class="main">${listed ? "Change the name" : "Put me on the leaderboard"}</button>
    </form>
    ${
      listed &&
      html`<form method="post" action="/leaderboard/leave">
        <button>Take me off the leaderboard</button>
      </form>`
    }`;
}
