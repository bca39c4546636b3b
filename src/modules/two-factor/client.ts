import { defineClientModule } from "../../client/index.ts";
import type { twoFactorContracts } from "./routes/two-factor-contracts.ts";

/** The second step for `createAuthClient({ modules })`: `client.twoFactor`. */
export const twoFactorClient = defineClientModule<typeof twoFactorContracts>("twoFactor", {
  answer: "POST /two-factor/answer",
  sendCode: "POST /two-factor/code",
  status: "GET /two-factor",
  offerTotp: "POST /two-factor/totp",
  confirmTotp: "POST /two-factor/totp/confirm",
  enableEmail: "POST /two-factor/email",
  sendProofCode: "POST /two-factor/proof-code",
  disable: "DELETE /two-factor/factors/:factor",
  renewRecoveryCodes: "POST /two-factor/recovery-codes",
  forgetDevices: "DELETE /two-factor/devices",
});
