import type { ProviderName } from "../../providers.ts";
import { type Html, html } from "../../web/html.ts";

/** A button for each provider; nothing if none is set. */
export function providerButtons(providers: readonly ProviderName[]): Html | null {
  if (providers.length === 0) return null;
  return html`<div class="providers" role="group" aria-label="Or by an account elsewhere">
    ${providers.map(
      ({ id, name }) =>
        html`<form method="post" action="/sign-in/with/${id}">
          <button>Continue with ${name}</button>
        </form>`,
    )}
  </div>`;
}
