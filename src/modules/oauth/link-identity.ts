import { AuthError, type Call, type ClientDetails, type TransactionScript } from "../../module.ts";
import { findIdentity, insertIdentity } from "./identity-statements.ts";
import type { OAuthEnvironment } from "./oauth-environment.ts";
import type { Told } from "./protocol/ask-provider.ts";

/** How it came that an account is linked. */
export type LinkedBy = "signUp" | "email" | "session";

/**
 * Links what a provider told to an account, in a transaction that holds the user or has just made it.
 * @throws AuthError `oauth.identity_taken` if it is another's
 */
export function linkIdentity(
  environment: OAuthEnvironment,
  {
    told,
    userId,
    by,
    client,
  }: {
    readonly told: Told;
    readonly userId: string;
    readonly by: LinkedBy;
    readonly client: ClientDetails;
  },
): TransactionScript<void> {
  const { clock, newId, recordEvent } = environment;
  const { provider, profile } = told;
  const { subject, email, emailVerified } = profile;
  const now = clock.now();
  const id = newId(now);
  const row = { id, userId, provider: provider.id, subject, email, emailVerified, createdAt: now };
  const sealedTokens = sealTokens(environment, { told, id });
  return function* (tx) {
    if ((yield* tx.maybeOne(insertIdentity, { ...row, sealedTokens })) !== null) {
      const data = { provider: provider.id, by };
      yield* tx.all([recordEvent({ type: "oauth.linked", userId, occurredAt: now, client, data })]);
      return;
    }
    const known = yield* tx.maybeOne(findIdentity, { provider: provider.id, subject });
    if (known?.userId !== userId) throw identityTaken();
  };
}

/** What is kept of a provider's tokens; `null` unless the provider says to. */
export function sealTokens(
  { sealer }: OAuthEnvironment,
  { told: { provider, tokens }, id }: { readonly told: Told; readonly id: string },
): string | null {
  return provider.keepTokens ? sealer("tokens").seal(JSON.stringify(tokens), id) : null;
}

/** The event of a link that was taken away. */
export function unlinked(
  { clock, recordEvent }: OAuthEnvironment,
  {
    provider,
    userId,
    client,
  }: {
    readonly provider: string;
    readonly userId: string;
    readonly client?: ClientDetails | undefined;
  },
): Call<unknown> {
  const event = { type: "oauth.unlinked", userId, occurredAt: clock.now(), data: { provider } };
  return recordEvent({ ...event, ...(client !== undefined && { client }) });
}

function identityTaken(): AuthError {
  return new AuthError("oauth.identity_taken", {
    message: "This account at the provider signs in to another account",
  });
}
