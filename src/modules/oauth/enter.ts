import {
  AuthError,
  isAuthError,
  readClientDetails,
  readEmailAddress,
  type NewSession,
  type PendingSignIn,
  type RequestContext,
  type User,
} from "../../module.ts";
import { findIdentity, holdIdentity, setTokens } from "./identity-statements.ts";
import { linkIdentity, sealTokens } from "./link-identity.ts";
import type { OAuthEnvironment } from "./oauth-environment.ts";
import type { Told } from "./protocol/ask-provider.ts";

/** Somebody whom a provider knows, at our door. */
export interface Arrival {
  readonly told: Told;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/** How often somebody else may be quicker: each time there is one account or link more, so the next look finds it. */
const maximumLooks = 5;

/** What is thrown when what was looked up changed before it was held. */
const overtaken = ["user_exists", "oauth.identity_taken", "oauth.identity_moved"] as const;

/**
 * Signs in to the account that is linked; to the one with the same address, if both sides proved it; or to a new one.
 * Of several who come at once for the same person, one links and all get in.
 *
 * @throws AuthError `oauth.account_exists`, `oauth.email_missing`, `sign_in_refused`, and what modules refuse
 */
export async function enter(
  environment: OAuthEnvironment,
  arrival: Arrival,
): Promise<NewSession | PendingSignIn> {
  for (let looks = 1; ; looks++) {
    try {
      return await enterOnce(environment, arrival);
    } catch (error) {
      if (looks === maximumLooks || !overtaken.some((code) => isAuthError(error, code))) throw error;
    }
  }
}

async function enterOnce(
  environment: OAuthEnvironment,
  arrival: Arrival,
): Promise<NewSession | PendingSignIn> {
  const { database, users } = environment;
  const { provider, profile } = arrival.told;
  const linked = await database.maybeOne(findIdentity, { provider: provider.id, subject: profile.subject });
  if (linked !== null) return openLinked(environment, arrival, linked);
  const { email } = profile;
  if (email === null) {
    throw new AuthError("oauth.email_missing", { message: "The provider told no e-mail address" });
  }
  const known = await users.getByEmail(email);
  if (known === null) return signUp(environment, arrival, email);
  if (!profile.emailVerified) throw accountExists();
  return openByEmail(environment, arrival, { user: known, email });
}

function openLinked(
  environment: OAuthEnvironment,
  { told, context }: Arrival,
  { id, userId }: { readonly id: string; readonly userId: string },
): Promise<NewSession | PendingSignIn> {
  const { provider, profile } = told;
  // Whoever lost the link meanwhile must not get in by it.
  const link = { id, provider: provider.id, subject: profile.subject };
  const sealedTokens = sealTokens(environment, { told, id });
  return environment.accounts.openSession({
    userId,
    method: methodOf(told),
    context,
    proof: { call: holdIdentity.with(link), gone: identityMoved },
    outcome: provider.keepTokens ? [setTokens.with({ id, sealedTokens })] : [],
  });
}

async function signUp(
  environment: OAuthEnvironment,
  { told, fields, context }: Arrival,
  email: string,
): Promise<NewSession | PendingSignIn> {
  const { emailVerified, name } = told.profile;
  const client = readClientDetails(context);
  let made = false;
  const result = await environment.accounts.signUp({
    email,
    emailVerified,
    name,
    method: methodOf(told),
    context,
    fields,
    script: ({ id: userId }) => {
      made = true;
      return linkIdentity(environment, { told, userId, by: "signUp", client });
    },
  });
  // A module can have answered for an address that somebody took meanwhile, who may well be the same person.
  if (!made) throw identityMoved();
  return result;
}

function openByEmail(
  environment: OAuthEnvironment,
  { told, context }: Arrival,
  { user, email }: { readonly user: User; readonly email: string },
): Promise<NewSession | PendingSignIn> {
  const client = readClientDetails(context);
  const link = linkIdentity(environment, { told, userId: user.id, by: "email", client });
  return environment.accounts.openSession({
    userId: user.id,
    method: methodOf(told),
    context,
    script: (held) =>
      function* (tx) {
        if (canonical(held.email) !== canonical(email)) throw identityMoved();
        // Whoever made the account did not prove the address, and may have waited for this.
        if (held.emailVerifiedAt === null) {
          yield* environment.accounts.takeOver({ userId: held.id, email: held.email, client })(tx);
        }
        yield* link(tx);
      },
  });
}

function methodOf({ provider }: Told): string {
  return `oauth.${provider.id}`;
}

function canonical(email: string): string | undefined {
  return readEmailAddress(email)?.canonical;
}

function accountExists(): AuthError {
  return new AuthError("oauth.account_exists", {
    message: "There is an account with this e-mail address: sign in to it, and link the provider there",
  });
}

function identityMoved(): AuthError {
  return new AuthError("oauth.identity_moved", { message: "The account changed in the meantime: try again" });
}
