import type { User } from "wispy-auth";
import type { MailMessage } from "wispy-auth/mail";

import { type Html, html } from "../../web/html.ts";
import { layout } from "../layout.ts";

/** One mail, as text and as HTML. */
export function mailPage({
  user,
  message,
}: {
  readonly user: User | null;
  readonly message: MailMessage;
}): Html {
  const { subject, to, from, text } = message;
  const content = html`<p><a href="/dev/mail">All mails</a></p>
    <h1>${subject}</h1>
    <dl class="facts">
      <div>
        <dt>From</dt>
        <dd>${from.name} &lt;${from.address}&gt;</dd>
      </div>
      <div>
        <dt>To</dt>
        <dd>${to}</dd>
      </div>
    </dl>
    <section aria-labelledby="html-heading">
      <h2 id="html-heading">HTML</h2>
      <iframe
        class="mail"
        title="The mail as HTML"
        sandbox="allow-top-navigation-by-user-activation"
        srcdoc="${openOnTop(message.html)}"
      ></iframe>
    </section>
    <section aria-labelledby="text-heading">
      <h2 id="text-heading">Text</h2>
      <p class="card note-text">${withLinks(text)}</p>
    </section>`;
  return layout({ title: subject, user, content });
}

/** The frame itself may show no page of ours: links lead out of it. */
function openOnTop(mail: string): string {
  return mail.replace("<head>", '<head><base target="_top">');
}

function withLinks(text: string): readonly Html[] {
  return text
    .split(/(https?:\/\/[^\s<>]+)/)
    .map((part, i) => (i % 2 === 1 ? html`<a href="${part}">${part}</a>` : html`${part}`));
}
