import type { CurrentSession, SecurityEvent, Session } from "wispy-auth";
import type { TwoFactorStatus } from "wispy-auth/two-factor";

import { type Html, html } from "../web/html.ts";
import { describeDevice } from "./describe-device.ts";
import { describeEvent, isWarning } from "./describe-event.ts";
import { timeAgo } from "./describe-time.ts";
import { emailSection } from "./email/email-section.ts";
import { verifyNotice } from "./email/verify-notice.ts";
import { formProblem, inputField, type Problem } from "./form.ts";
import { layout } from "./layout.ts";
import { type ConnectedView, connectedSection } from "./providers/connected-section.ts";
import { usernameForPasswordManagers } from "./username-field.ts";

/** A problem, and which of the page's forms has it. */
export type AccountProblem = Problem & { readonly form: "verify" | "email" | "password" | "delete" };

export interface AccountView {
  readonly current: CurrentSession;
  readonly sessions: readonly Session[];
  readonly events: readonly SecurityEvent[];
  readonly twoStep: TwoFactorStatus;
  readonly connected: ConnectedView;
  readonly problem: AccountProblem | null;
  readonly done: Html | null;
}

export function accountPage(view: AccountView): Html {
  const { user } = view.current;
  const content = html`<h1>Your account</h1>
    ${view.done} ${verifyNotice(user, problemOf(view, "verify"))}
    <dl class="facts">
      <div>
        <dt>Name</dt>
        <dd>${user.name ?? "None given"}</dd>
      </div>
      <div>
        <dt>Member since</dt>
        <dd>${timeAgo(user.createdAt)}</dd>
      </div>
    </dl>
    ${devicesSection(view)} ${emailSection({ user, problem: problemOf(view, "email") })}
    ${passwordSection(view)} ${twoStepSection(view)} ${connectedSection(view.connected)}
    ${eventsSection(view)} ${deletionSection(view)}`;
  return layout({ title: "Account", user, path: "/account", content });
}

function problemOf({ problem }: AccountView, form: AccountProblem["form"]): Problem | null {
  return problem?.form === form ? problem : null;
}

function devicesSection({ sessions, current }: AccountView): Html {
  return html`<section aria-labelledby="devices-heading">
    <h2 id="devices-heading">Where you are signed in</h2>
    <ul class="rows card">
      ${sessions.map((session) => deviceRow(session, session.id === current.session.id))}
    </ul>
    ${
      sessions.length > 1 &&
      html`<form method="post" action="/account/sessions/end-others">
        <button>Sign out everywhere else</button>
      </form>`
    }
  </section>`;
}

function deviceRow({ id, userAgent, ipAddress, lastSeenAt }: Session, isCurrent: boolean): Html {
  const device = describeDevice(userAgent);
  return html`<li>
    <div>
      <strong>${device}</strong> ${isCurrent && html`<span class="badge">this device</span>`}
      <small>${ipAddress ?? "address unknown"} · ${isCurrent ? "active now" : timeAgo(lastSeenAt)}</small>
    </div>
    ${
      !isCurrent &&
      html`<form method="post" action="/account/sessions/end">
        <input type="hidden" name="id" value="${id}" />
        <button class="quiet" aria-label="Sign out ${device}">Sign out</button>
      </form>`
    }
  </li>`;
}

function passwordSection(view: AccountView): Html {
  const own = problemOf(view, "password");
  return html`<section aria-labelledby="password-heading">
    <h2 id="password-heading">Password</h2>
    ${formProblem(own, { focus: true })}
    <form class="card" method="post" action="/account/password">
      ${usernameForPasswordManagers(view.current.user)}
      ${inputField({
        name: "currentPassword",
        label: "Current password",
        type: "password",
        autocomplete: "current-password",
        problem: own,
      })}
      ${inputField({
        name: "newPassword",
        label: "New password",
        type: "password",
        autocomplete: "new-password",
        hint: "At least 8 characters. All your other devices are signed out.",
        problem: own,
      })}
      <button class="main">Change password</button>
    </form>
  </section>`;
}

function twoStepSection({ twoStep }: AccountView): Html {
  return html`<section aria-labelledby="two-step-heading">
    <h2 id="two-step-heading">Two-step sign-in</h2>
    <div class="card between">
      <p>
        ${twoStep.enabled ? "On: a code is asked for after the password." : "Off: the password is all it takes."}
      </p>
      <a class="button" href="/account/two-step">${twoStep.enabled ? "Change" : "Switch on"}</a>
    </div>
  </section>`;
}

function eventsSection({ events }: AccountView): Html {
  return html`<section aria-labelledby="events-heading">
    <h2 id="events-heading">Recent activity</h2>
    <ol class="rows card">
      ${events.map(eventRow)}
    </ol>
  </section>`;
}

function eventRow(event: SecurityEvent): Html {
  const { userAgent, ipAddress, occurredAt } = event;
  return html`<li>
    <div>
      <strong class="${isWarning(event) && "warning"}">${describeEvent(event)}</strong>
      <small>${describeDevice(userAgent)} · ${ipAddress ?? "address unknown"}</small>
    </div>
    <small>${timeAgo(occurredAt)}</small>
  </li>`;
}

function deletionSection(view: AccountView): Html {
  const own = problemOf(view, "delete");
  return html`<section aria-labelledby="deletion-heading">
    <h2 id="deletion-heading">Delete the account</h2>
    <details class="card" ${own !== null && html`open`}>
      <summary>Delete my account and my notes</summary>
      <p>This cannot be undone.</p>
      ${formProblem(own, { focus: true })}
      <form method="post" action="/account/delete">
        ${usernameForPasswordManagers(view.current.user)}
        ${inputField({
          name: "password",
          label: "Your password",
          type: "password",
          autocomplete: "current-password",
          problem: own,
        })}
        <button class="danger">Delete for ever</button>
      </form>
    </details>
  </section>`;
}
