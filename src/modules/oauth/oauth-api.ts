import type { CurrentSession, RequestContext } from "../../module.ts";
import type { ProviderTokens } from "./protocol/ask-provider.ts";

export interface StartInput {
  /** The provider's id. */
  readonly provider: string;
  /** A page of the application, for when it is done: a path, or an absolute URL. Default `pages.signedIn`. */
  readonly redirectTo?: string | undefined;
  /** Fields of other modules, such as `referralCode`, for the sign-up that this may become. */
  readonly signUpFields?: Readonly<Record<string, unknown>> | undefined;
}

export interface Started {
  /** The provider's page, where the browser goes next. */
  readonly url: string;
  /** The `Set-Cookie` value that binds the way to this browser: without it nobody comes back. */
  readonly setCookie: string;
}

/** An account at a provider that signs in to a user's. */
export interface LinkedAccount {
  readonly id: string;
  readonly provider: string;
  /** As the provider told it when the accounts were linked. */
  readonly email: string | null;
  readonly linkedAt: Date;
}

/** `auth.oauth`. */
export interface OAuth {
  /**
   * Begins a sign-in, for pages that the application serves itself; the route `POST /oauth/:provider/start` does the same.
   * Give what `auth.readRequest` found as `context`, check the request's origin before, and answer with a redirect to
   * `url` and the cookie. The provider sends the browser back to `/oauth/:provider/callback`.
   *
   * @throws AuthError `not_found`, `invalid_input`, `oauth.provider_unavailable`, `oauth.response_invalid`
   */
  start(input: StartInput, context?: RequestContext): Promise<Started>;
  /**
   * The same, to link one more account to that of a session, which must be a recent one and still be there at the end.
   * @throws AuthError `session_not_fresh`, and as `start`
   */
  startLinking(
    input: Omit<StartInput, "signUpFields"> & { readonly current: CurrentSession },
    context?: RequestContext,
  ): Promise<Started>;
  /** Oldest first. */
  listAccounts(userId: string): Promise<readonly LinkedAccount[]>;
  /**
   * False if the user has no such account. Does not ask who is calling.
   * @throws AuthError `oauth.last_way_in` if nothing else would sign in to the user's account
   */
  unlink(target: { readonly userId: string; readonly accountId: string }): Promise<boolean>;
  /** What the provider gave at the last sign-in, of a provider with `keepTokens`; `null` if there is nothing. */
  tokens(target: { readonly userId: string; readonly accountId: string }): Promise<ProviderTokens | null>;
}
