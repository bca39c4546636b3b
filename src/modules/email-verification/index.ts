export { emailVerification } from "./email-verification.ts";
export type {
  AddressOwner,
  Confirmation,
  Confirmed,
  EmailVerification,
  VerificationTarget,
} from "./verification-api.ts";
export type { EmailVerificationOptions } from "./verification-options.ts";
