import { type Html, html } from "../../web/html.ts";
import { layout } from "../layout.ts";

export interface LinkView {
  readonly heading: string;
  readonly text: string;
  readonly button: string;
  /** Where the token is posted. */
  readonly action: string;
  readonly token: string;
}

/** Asks before a mailed link does what it is for: programs that look at mails follow links too. */
export function linkPage({ heading, text, button, action, token }: LinkView): Html {
  const content = html`<h1>${heading}</h1>
    <p>${text}</p>
    <form method="post" action="${action}">
      <input type="hidden" name="token" value="${token}" />
      <button class="main">${button}</button>
    </form>`;
  return layout({ title: heading, user: "unknown", narrow: true, content });
}
