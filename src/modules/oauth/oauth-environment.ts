import type { ModuleContext } from "../../module.ts";
import type { OAuthSettings } from "./oauth-settings.ts";
import type { Protocol } from "./protocol/ask-provider.ts";

/** What the operations are made of. */
export interface OAuthEnvironment extends ModuleContext, Protocol {
  readonly settings: OAuthSettings;
}
