import type { Fetch } from "./protocol/outbound.ts";
import type { OAuthProvider } from "./protocol/provider.ts";

export interface OAuthOptions {
  readonly providers: readonly OAuthProvider[];
  /** Where the browser goes from the callback: paths of the application, or URLs at one of `redirectOrigins`. */
  readonly pages?: {
    /** Signed in or linked, where `redirectTo` did not say. Default `"/"`. */
    readonly signedIn?: string;
    /** It did not work; the parameters `error` and `provider` say what. Default `"/"`. */
    readonly error?: string;
    /** Another module asks for a step first; the parameter `step` says which. Default `"/"`. */
    readonly pending?: string;
  };
  /** Other origins than that of `baseUrl` whose pages `redirectTo` may name: `["https://admin.example.com"]`. */
  readonly redirectOrigins?: readonly string[];
  /** Default: the global one. Must not follow redirects when it is told not to. */
  readonly fetch?: Fetch;
  /** Plain http to providers on this machine, for development and tests. Default false. */
  readonly allowLoopback?: boolean;
}
