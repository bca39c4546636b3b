import type { ProviderName } from "../../providers.ts";
import type { Problem } from "../form.ts";

const texts: Readonly<Record<string, (name: string) => string>> = {
  "oauth.state_invalid": (name) =>
    `The way to ${name} and back took too long, or began elsewhere. Try again.`,
  "oauth.denied": (name) => `You did not allow it at ${name}. Nothing was changed.`,
  "oauth.account_exists": (name) =>
    `There is an account with this address already. Sign in to it as usual, and connect ${name} on its page.`,
  "oauth.email_missing": (name) => `${name} told us no e-mail address, and an account needs one.`,
  "oauth.identity_taken": (name) => `This account at ${name} is connected to another account here.`,
  "oauth.session_changed": (name) => `You were signed out meanwhile. Sign in, and connect ${name} again.`,
  "oauth.last_way_in": (name) => `${name} is your only way in. Set a password or connect another one first.`,
  "oauth.provider_unavailable": (name) => `${name} does not answer right now. Try again later.`,
  "oauth.response_invalid": (name) => `What ${name} answered does not hold, so it was not used.`,
  sign_in_refused: () => "This account is disabled.",
  too_many_requests: () => "That was tried too often. Try again in a few minutes.",
};

/** Why a provider did not lead in, by the code in the address that the browser came back to; null for none. */
export function explainProviderProblem(
  query: URLSearchParams,
  providers: readonly ProviderName[],
): Problem | null {
  const code = query.get("error");
  if (code === null) return null;
  const name = providers.find(({ id }) => id === query.get("provider"))?.name ?? "The provider";
  const explain = Object.hasOwn(texts, code) ? texts[code] : undefined;
  return { status: 400, message: explain?.(name) ?? `It did not work by ${name}. Try another way.` };
}
