import { type Html, html } from "../web/html.ts";
import { layout } from "./layout.ts";

/** For a mailed link that does not work, and where to get another one. */
export function deadLinkPage({ href, text }: { readonly href: string; readonly text: string }): Html {
  const content = html`<h1>This link does not work any more</h1>
    <p>A link works once and for a while, and a newer one takes its place.</p>
    <p><a class="button main" href="${href}">${text}</a></p>`;
  return layout({ title: "Link ended", user: "unknown", narrow: true, content });
}
