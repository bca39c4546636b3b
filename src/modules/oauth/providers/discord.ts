import { describeProvider, type ClientOptions, type OAuthProvider } from "../protocol/provider.ts";
import { asObject, makeProfile } from "../protocol/read-profile.ts";

export interface DiscordOptions extends ClientOptions {
  readonly clientSecret: string;
}

/** Discord. The address is proved if the account is `verified`. */
export function discord(options: DiscordOptions): OAuthProvider {
  return describeProvider(options, {
    id: "discord",
    server: {
      issuer: null,
      authorizationUrl: "https://discord.com/oauth2/authorize",
      tokenUrl: "https://discord.com/api/oauth2/token",
    },
    scopes: ["identify", "email"],
    clientSecret: options.clientSecret,
    secretIn: "body",
    async readProfile({ get }) {
      const user = asObject(await get("https://discord.com/api/users/@me"));
      return makeProfile({
        subject: user["id"],
        email: user["email"],
        emailVerified: user["verified"] === true,
        name: user["global_name"] ?? user["username"],
      });
    },
  });
}
