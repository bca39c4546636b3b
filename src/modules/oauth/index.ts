export { oauth } from "./oauth.ts";
export type { LinkedAccount, OAuth, StartInput, Started } from "./oauth-api.ts";
export type { OAuthOptions } from "./oauth-options.ts";
export type { ProviderTokens } from "./protocol/ask-provider.ts";
export type { Fetch } from "./protocol/outbound.ts";
export type {
  ClientOptions,
  DiscoveredServer,
  JsonObject,
  KnownServer,
  OAuthProvider,
  Profile,
  ProfileSource,
} from "./protocol/provider.ts";
export type { ProfileReading } from "./protocol/read-profile.ts";
export { apple } from "./providers/apple.ts";
export type { AppleOptions } from "./providers/apple.ts";
export { discord } from "./providers/discord.ts";
export type { DiscordOptions } from "./providers/discord.ts";
export { facebook } from "./providers/facebook.ts";
export type { FacebookOptions } from "./providers/facebook.ts";
export { github } from "./providers/github.ts";
export type { GitHubOptions } from "./providers/github.ts";
export { gitlab } from "./providers/gitlab.ts";
export type { GitLabOptions } from "./providers/gitlab.ts";
export { google } from "./providers/google.ts";
export type { GoogleOptions } from "./providers/google.ts";
export { microsoft } from "./providers/microsoft.ts";
export type { MicrosoftOptions } from "./providers/microsoft.ts";
export { oauth2 } from "./providers/oauth2.ts";
export type { OAuth2Options } from "./providers/oauth2.ts";
export { oidc } from "./providers/oidc.ts";
export type { OidcOptions } from "./providers/oidc.ts";
