import { describeProvider, type ClientOptions, type OAuthProvider } from "../protocol/provider.ts";
import { makeProfile, type ProfileReading } from "../protocol/read-profile.ts";

export interface OAuth2Options extends ClientOptions {
  readonly id: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  /** Left out for a client without one. */
  readonly clientSecret?: string;
  /** Default `"header"` (RFC 6749 section 2.3.1). */
  readonly secretIn?: "header" | "body";
  /** What the server calls itself in its answers (RFC 9207), if it does. */
  readonly issuer?: string;
  /** `get` asks the provider's interface, with the access token, for JSON. */
  readonly readProfile: (get: (url: string) => Promise<unknown>) => Promise<ProfileReading>;
}

/**
 * Any OAuth 2.0 server with something that says who signed in.
 *
 * @example
 * oauth2({
 *   id: "acme",
 *   authorizationUrl: "https://acme.example/oauth/authorize",
 *   tokenUrl: "https://acme.example/oauth/token",
 *   clientId,
 *   clientSecret,
 *   async readProfile(get) {
 *     const me = (await get("https://acme.example/api/me")) as { id: number; email: string; name: string };
 *     return { subject: me.id, email: me.email, name: me.name };
 *   },
 * });
 */
export function oauth2(options: OAuth2Options): OAuthProvider {
  const { id, authorizationUrl, tokenUrl, issuer = null, clientSecret = null, secretIn = "header" } = options;
  return describeProvider(options, {
    id,
    server: { issuer, authorizationUrl, tokenUrl },
    scopes: [],
    clientSecret,
    secretIn,
    readProfile: async ({ get }) => makeProfile(await options.readProfile(get)),
  });
}
