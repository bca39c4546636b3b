import { type Html, html } from "../../web/html.ts";
import { layout } from "../layout.ts";

/**
 * On the way to a provider. Not a redirect: the answer to a form may not lead to another site (`form-action 'self'`), and
 * where a provider leads on to is not known.
 */
export function leavingPage({ name, url }: { readonly name: string; readonly url: string }): Html {
  const content = html`<h1>Going to ${name}</h1>
    <p><a class="button main" href="${url}">Continue to ${name}</a></p>`;
  return layout({ title: `Going to ${name}`, user: "unknown", narrow: true, goesTo: url, content });
}
