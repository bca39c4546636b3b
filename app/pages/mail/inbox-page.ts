import type { User } from "wispy-auth";
import type { MailMessage } from "wispy-auth/mail";

import { type Html, html } from "../../web/html.ts";
import { layout } from "../layout.ts";

export interface InboxView {
  readonly user: User | null;
  /** The newest first. */
  readonly messages: readonly MailMessage[];
}

/** The mails that this process would have sent. */
export function inboxPage({ user, messages }: InboxView): Html {
  const content = html`<h1>Development mail</h1>
    <p class="hint">
      Mails of this process stay here until it ends. With <code>SMTP_URL</code> they go out instead, and this
      page is gone.
    </p>
    ${
      messages.length === 0
        ? html`<p class="card empty">No mail yet. Load the page again after the next one.</p>`
        : html`<ul class="rows card" aria-label="Mails">
            ${messages.map(mailRow)}
          </ul>`
    }`;
  return layout({ title: "Development mail", user, content });
}

function mailRow({ messageId, subject, to, template }: MailMessage): Html {
  return html`<li>
    <div>
      <strong><a href="/dev/mail/${encodeURIComponent(messageId)}">${subject}</a></strong>
      <small>to ${to} · ${template}</small>
    </div>
  </li>`;
}
