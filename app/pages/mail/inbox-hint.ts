import { type Html, html } from "../../web/html.ts";

/** Tells the developer where a mail went. */
export function inboxHint(): Html {
  return html`<p class="aside">In development, mails are shown at <a href="/dev/mail">/dev/mail</a>.</p>`;
}
