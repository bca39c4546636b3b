import { describeProvider, type ClientOptions, type OAuthProvider } from "../protocol/provider.ts";
import { profileFromClaims } from "../protocol/read-profile.ts";
import { claimsOf } from "./oidc.ts";

export interface GitLabOptions extends ClientOptions {
  readonly clientSecret: string;
  /** A GitLab of one's own. Default `https://gitlab.com`. */
  readonly issuer?: string;
}

/** GitLab. The address is proved if the claim `email_verified` is `true`. */
export function gitlab(options: GitLabOptions): OAuthProvider {
  return describeProvider(options, {
    id: "gitlab",
    server: { issuer: options.issuer ?? "https://gitlab.com" },
    scopes: ["openid", "email", "profile"],
    clientSecret: options.clientSecret,
    readProfile: async (source) => profileFromClaims(await claimsOf(source)),
  });
}
