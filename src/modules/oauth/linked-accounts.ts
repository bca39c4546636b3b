import { AuthError, type ClientDetails, type TransactionScript } from "../../module.ts";
import { deleteIdentity, findSessionRow, listIdentities } from "./identity-statements.ts";
import type { Flow } from "./flow.ts";
import { linkIdentity, unlinked } from "./link-identity.ts";
import type { LinkedAccount } from "./oauth-api.ts";
import type { OAuthEnvironment } from "./oauth-environment.ts";
import type { ProviderTokens, Told } from "./protocol/ask-provider.ts";

interface Target {
  readonly userId: string;
  readonly accountId: string;
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function listAccounts(
  { database }: OAuthEnvironment,
  userId: string,
): Promise<readonly LinkedAccount[]> {
  const rows = uuidPattern.test(userId) ? await database.many(listIdentities, { userId }) : [];
  return rows.map(({ id, provider, email, createdAt }) => ({ id, provider, email, linkedAt: createdAt }));
}

/**
 * Links what a provider told to the account of the session that asked for it: the same, still there, in the same browser.
 * @throws AuthError `oauth.session_changed`, `oauth.identity_taken`
 */
export async function linkAccount(
  environment: OAuthEnvironment,
  {
    link,
    told,
    token,
    client,
  }: {
    readonly link: NonNullable<Flow["link"]>;
    readonly told: Told;
    readonly token: string | null;
    readonly client: ClientDetails;
  },
): Promise<void> {
  const { accounts, database } = environment;
  const { userId, sessionId } = link;
  const current = token === null ? null : await accounts.findSession(token);
  if (current?.session.id !== sessionId) throw sessionChanged();
  const write = linkIdentity(environment, { told, userId, by: "session", client });
  await database.transaction(function* (tx) {
    yield* accounts.hold(userId)(tx);
    if ((yield* tx.maybeOne(findSessionRow, { id: sessionId, userId })) === null) throw sessionChanged();
    yield* write(tx);
  });
}

/** @throws AuthError `oauth.last_way_in` */
export async function unlinkAccount(
  environment: OAuthEnvironment,
  { userId, accountId, client }: Target & { readonly client?: ClientDetails },
): Promise<boolean> {
  const isTarget = uuidPattern.test(userId) && uuidPattern.test(accountId);
  return (
    isTarget && environment.database.transaction(unlinkScript(environment, { userId, accountId, client }))
  );
}

function unlinkScript(
  environment: OAuthEnvironment,
  { userId, accountId, client }: Target & { readonly client: ClientDetails | undefined },
): TransactionScript<boolean> {
  const { accounts, settings } = environment;
  return function* (tx) {
    // Held, so that of two who each take one of the last two away the second one sees it.
    if ((yield* accounts.hold(userId)(tx)) === null) return false;
    const linked = yield* tx.many(listIdentities, { userId });
    const target = linked.find(({ id }) => id === accountId);
    if (target === undefined) return false;
    const others = linked.filter(({ id, provider }) => id !== accountId && settings.providers.has(provider));
    if (others.length === 0 && !(yield* accounts.findPassword(userId)(tx))) throw lastWayIn();
    yield* tx.run(deleteIdentity, { id: accountId });
    yield* tx.all([unlinked(environment, { provider: target.provider, userId, client })]);
    return true;
  };
}

export async function readTokens(
  { database, sealer }: OAuthEnvironment,
  { userId, accountId }: Target,
): Promise<ProviderTokens | null> {
  const rows = uuidPattern.test(userId) ? await database.many(listIdentities, { userId }) : [];
  const sealed = rows.find(({ id }) => id === accountId)?.sealedTokens ?? null;
  const opened = sealed && sealer("tokens").open(sealed, accountId);
  if (opened === null) return null;
  const tokens = JSON.parse(opened) as Omit<ProviderTokens, "expiresAt"> & {
    readonly expiresAt: string | null;
  };
  return { ...tokens, expiresAt: tokens.expiresAt === null ? null : new Date(tokens.expiresAt) };
}

function sessionChanged(): AuthError {
  return new AuthError("oauth.session_changed", { message: "Sign in again, and link the account then" });
}

function lastWayIn(): AuthError {
  return new AuthError("oauth.last_way_in", {
    message: "Nothing else would sign in to the account: set a password first",
  });
}
