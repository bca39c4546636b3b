import type { User } from "wispy-auth";

import { type Html, html } from "../web/html.ts";

/** Not shown; without it, a password manager cannot tell whose password it is. */
export function usernameForPasswordManagers({ email }: User): Html {
  return html`<input type="text" autocomplete="username" value="${email}" readonly hidden />`;
}
