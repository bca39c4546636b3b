export { twoFactor } from "./two-factor.ts";
export type { TwoFactorOptions } from "./two-factor-settings.ts";
export type {
  CodeKind,
  CodeProof,
  FactorChange,
  FactorKind,
  FactorOwner,
  TotpOffer,
  TwoFactor,
  TwoFactorStatus,
} from "./two-factor-api.ts";
