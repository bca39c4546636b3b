import {
  describeProvider,
  type ClientOptions,
  type JsonObject,
  type OAuthProvider,
  type ProfileSource,
} from "../protocol/provider.ts";
import { makeProfile, profileFromClaims, type ProfileReading } from "../protocol/read-profile.ts";

export interface OidcOptions extends ClientOptions {
  readonly id: string;
  /** As the provider spells it: `https://id.example.com`. */
  readonly issuer: string;
  /** Left out for a client without one. */
  readonly clientSecret?: string;
  /** Default: what the issuer announces, `"body"` if it takes both. */
  readonly secretIn?: "header" | "body";
  /** For an issuer that proves addresses and has a way of its own to say so. Default: the claim `email_verified` is `true`. */
  readonly readProfile?: (claims: JsonObject) => ProfileReading;
}

/**
 * Any OpenID Connect issuer. Its endpoints and keys are found by discovery.
 *
 * @example
 * oidc({ id: "acme", issuer: "https://id.acme.example", clientId, clientSecret });
 */
export function oidc(options: OidcOptions): OAuthProvider {
  const { id, issuer, clientSecret = null, secretIn = null, readProfile } = options;
  return describeProvider(options, {
    id,
    server: { issuer },
    scopes: ["openid", "email", "profile"],
    clientSecret,
    secretIn,
    async readProfile(source) {
      const claims = await claimsOf(source);
      return readProfile === undefined ? profileFromClaims(claims) : makeProfile(readProfile(claims));
    },
  });
}

/** The ID token's claims; the address, if it is not among them, as the user info endpoint has it. */
export async function claimsOf({ claims, userInfo }: ProfileSource): Promise<JsonObject> {
  if (claims["email"] !== undefined) return claims;
  const info = await userInfo();
  // An address and what is said of it stay together.
  return { ...info, ...claims, email: info["email"], email_verified: info["email_verified"] };
}
