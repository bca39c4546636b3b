export { passwordReset } from "./password-reset.ts";
export type { PasswordReset } from "./password-reset.ts";
export type { PasswordResetOptions } from "./reset-options.ts";
export type { ResetInput } from "./reset-password.ts";
