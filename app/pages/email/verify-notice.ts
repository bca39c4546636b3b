import type { User } from "wispy-auth";

import { type Html, html } from "../../web/html.ts";

/** For whoever has not confirmed the address yet: nothing is held up by it. */
export function verifyNotice({ email, emailVerifiedAt }: User): Html | null {
  if (emailVerifiedAt !== null) return null;
  return html`<div class="notice between">
    <p><strong>Confirm your address.</strong> A link went to ${email}.</p>
    <form method="post" action="/account/verify-email">
      <button>Mail me another</button>
    </form>
  </div>`;
}
