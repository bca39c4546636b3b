import { defineClientModule } from "../../client/index.ts";
import type { passwordResetContracts } from "./routes/password-reset-contracts.ts";

/** New passwords by mail for `createAuthClient({ modules })`: `client.passwordReset`. */
export const passwordResetClient = defineClientModule<typeof passwordResetContracts>("passwordReset", {
  request: "POST /password-reset/request",
  reset: "POST /password-reset",
});
