/** A JSON object as it came: nothing about it is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a provider told of somebody. */
export interface Profile {
  /** The provider's own name for them: never an address, which can pass to somebody else. */
  readonly subject: string;
  readonly email: string | null;
  /** True only where the provider says that it proved the address to be theirs. */
  readonly emailVerified: boolean;
  readonly name: string | null;
}

/** Where a provider's profile can be read from, once the code was exchanged. */
export interface ProfileSource {
  /** The claims of the ID token, validated; empty for a provider without one. */
  readonly claims: JsonObject;
  /** The parameters that the browser came back with. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What the user info endpoint says; empty where there is none. */
  userInfo(): Promise<JsonObject>;
  /** JSON from the provider's own interface, asked for with the access token. */
  get(url: string): Promise<unknown>;
}

/** A server whose endpoints and keys are in its metadata (OpenID Connect Discovery 1.0). */
export interface DiscoveredServer {
  /** `{tenantid}` in it stands for the claim `tid`: what Microsoft calls an issuer of several tenants. */
  readonly issuer: string;
  /** Where the metadata is, if not at the issuer. */
  readonly metadataOf?: string;
}

/** A server that was written down by whoever knows it. */
export interface KnownServer {
  /** What it calls itself in its answers (RFC 9207); `null` if it does not. */
  readonly issuer: string | null;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
}

/** Somewhere people have an account, and how it is asked who they are. Made by `google()`, `oidc()`, `oauth2()` and the like. */
export interface OAuthProvider {
  /** In paths, in the table and in the event log: never to be changed once somebody has signed in by it. */
  readonly id: string;
  readonly clientId: string;
  /** `null` for a client without one. A function makes one that does not last. */
  readonly clientSecret: string | ((now: Date) => string) | null;
  /** How the secret is sent; `null` leaves it to the metadata. */
  readonly secretIn: "header" | "body" | null;
  readonly server: DiscoveredServer | KnownServer;
  readonly scopes: readonly string[];
  /** More parameters for the provider's page. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly keepTokens: boolean;
  readProfile(source: ProfileSource): Profile | Promise<Profile>;
}

/** What every provider needs to be told. */
export interface ClientOptions {
  readonly clientId: string;
  /** The provider's name in paths and in the table; every provider has one by default. Lower-case letters, digits and dashes. */
  readonly id?: string;
  /** Instead of the provider's own. */
  readonly scopes?: readonly string[];
  /** More parameters for the provider's page, such as `{ prompt: "select_account" }`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Keep the provider's tokens, sealed, for `auth.oauth.tokens`. Default false. */
  readonly keepTokens?: boolean;
}

type Described = Pick<OAuthProvider, "id" | "server" | "scopes" | "clientSecret" | "readProfile"> &
  Partial<Pick<OAuthProvider, "secretIn" | "parameters">>;

/** A provider as it is by default, and as the application wants it. */
export function describeProvider(options: ClientOptions, described: Described): OAuthProvider {
  return {
    secretIn: null,
    ...described,
    id: options.id ?? described.id,
    clientId: options.clientId,
    scopes: options.scopes ?? described.scopes,
    parameters: { ...described.parameters, ...options.parameters },
    keepTokens: options.keepTokens ?? false,
  };
}
