import { describeProvider, type ClientOptions, type OAuthProvider } from "../protocol/provider.ts";
import { profileFromClaims } from "../protocol/read-profile.ts";

export interface GoogleOptions extends ClientOptions {
  readonly clientSecret: string;
}

/** Google. The address is proved if the claim `email_verified` is `true`. */
export function google(options: GoogleOptions): OAuthProvider {
  return describeProvider(options, {
    id: "google",
    server: { issuer: "https://accounts.google.com" },
    scopes: ["openid", "email", "profile"],
    clientSecret: options.clientSecret,
    readProfile: ({ claims }) => profileFromClaims(claims),
  });
}
