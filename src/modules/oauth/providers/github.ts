import { describeProvider, type ClientOptions, type OAuthProvider } from "../protocol/provider.ts";
import { asObject, makeProfile } from "../protocol/read-profile.ts";

export interface GitHubOptions extends ClientOptions {
  readonly clientSecret: string;
}

/** GitHub. The address is the primary one among the account's, and proved if GitHub lists it as `verified`. */
export function github(options: GitHubOptions): OAuthProvider {
  return describeProvider(options, {
    id: "github",
    server: {
      issuer: "https://github.com/login/oauth",
      authorizationUrl: "https://github.com/login/oauth/authorize",
      tokenUrl: "https://github.com/login/oauth/access_token",
    },
    scopes: ["read:user", "user:email"],
    clientSecret: options.clientSecret,
    secretIn: "body",
    async readProfile({ get }) {
      const user = asObject(await get("https://api.github.com/user"));
      const listed = await get("https://api.github.com/user/emails");
      const addresses = Array.isArray(listed) ? listed.map(asObject) : [];
      const primary = addresses.find((address) => address["primary"] === true) ?? {};
      return makeProfile({
        subject: user["id"],
        email: primary["email"],
        emailVerified: primary["verified"] === true,
        name: user["name"] ?? user["login"],
      });
    },
  });
}
