import { implementRoute, type Route } from "../../../module.ts";
import type { PasswordReset } from "../password-reset.ts";
import { passwordResetContracts } from "./password-reset-contracts.ts";

export function passwordResetRoutes(api: PasswordReset): readonly Route[] {
  return [
    implementRoute(passwordResetContracts.request, async ({ input: { email }, context }) => {
      await api.request({ email }, context);
      return { body: { accepted: true as const } };
    }),
    implementRoute(passwordResetContracts.reset, async ({ input: given, context }) => {
      await api.reset(given, context);
      return { body: null };
    }),
  ];
}
