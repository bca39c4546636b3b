import { type Html, html } from "../web/html.ts";
import { layout } from "./layout.ts";

/** The same for everybody: who is signed in may be what could not be found out. */
export function errorPage(title: string, message: string): Html {
  const content = html`<h1>${title}</h1>
    <p>${message}</p>
    <p><a class="button" href="/">Go to the start</a></p>`;
  return layout({ title, user: "unknown", narrow: true, content });
}
