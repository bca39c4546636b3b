import { defineClientModule } from "../../client/index.ts";
import type { verificationContracts } from "./routes/verification-contracts.ts";

/** Verified addresses for `createAuthClient({ modules })`: `client.emailVerification`. */
export const emailVerificationClient = defineClientModule<typeof verificationContracts>("emailVerification", {
  confirm: "POST /email-verification/confirm",
  send: "POST /email-verification/send",
  change: "POST /email-verification/change",
  undo: "POST /email-verification/undo",
});
