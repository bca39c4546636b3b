import type { ModuleContext } from "../../module.ts";
import type { ReferralSettings } from "./referral-settings.ts";

/** What the operations are made of. */
export interface ReferralEnvironment extends ModuleContext {
  readonly settings: ReferralSettings;
}
