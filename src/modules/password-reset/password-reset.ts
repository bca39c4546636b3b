import {
  AuthError,
  defineModule,
  type MailQueue,
  type ModuleContext,
  type RequestContext,
} from "../../module.ts";
import { createPasswordReset } from "./migrations/001-password-reset.ts";
import { requestReset } from "./request-reset.ts";
import type { ResetEnvironment } from "./reset-environment.ts";
import { defineMails } from "./reset-mails.ts";
import {
  resolvePasswordResetOptions,
  type PasswordResetOptions,
  type PasswordResetSettings,
} from "./reset-options.ts";
import { resetPassword, type ResetInput } from "./reset-password.ts";
import * as statements from "./reset-statements.ts";
import { passwordResets } from "./reset-table.ts";

/** `auth.passwordReset`. */
export interface PasswordReset {
  /**
   * Mails a link to the owner of the address, if there is one. Says nothing of whether there is.
   * @throws AuthError `invalid_input` for what is no address, `too_many_requests`
   */
  request(input: { readonly email: string }, context?: RequestContext): Promise<void>;
  /**
   * Sets a new password by a link and ends every session. Signs nobody in.
   * @throws AuthError `passwordReset.link_gone`, `password_rejected`, `invalid_input`, `overloaded`, `too_many_requests`
   */
  reset(input: ResetInput, context?: RequestContext): Promise<void>;
}

/**
 * New passwords by a mailed link. Needs the module `mail`, and `baseUrl` for the link.
 *
 * @throws AuthError `configuration_invalid`
 * @example
 * const auth = await createAuth({ database, secret, baseUrl, modules: [mail({ from, transport }), passwordReset()] });
 * await auth.passwordReset.request({ email });
 * await auth.passwordReset.reset({ token, password });
 */
export function passwordReset(options: PasswordResetOptions = {}) {
  const settings = resolvePasswordResetOptions(options);
  return defineModule({
    name: "passwordReset",
    dependsOn: ["mail"],
    migrations: [createPasswordReset],
    tables: [passwordResets.info],
    statements: Object.values(statements),
    errors: { "passwordReset.link_gone": { status: 410, title: "The link does not work any more" } },
    eventTypes: ["passwordReset.requested", "passwordReset.done"],
    start(context) {
      const environment = toEnvironment(context, settings);
      const { database, clock } = context;
      const api: PasswordReset = {
        request: ({ email }, from) => requestReset(environment, { email, context: from }),
        reset: (input, from) => resetPassword(environment, { input, context: from }),
      };
      return {
        api,
        hooks: {
          userChanged: ({ user, what }) =>
            function* (tx) {
              // A link that was asked for before is of the account as it was (TK-03).
              if (what === "emailVerified" || what === "enabled") return;
              yield* tx.run(statements.voidResets, { userId: user.id });
            },
          userDeleted: ({ id }) =>
            function* (tx) {
              yield* tx.run(statements.voidResets, { userId: id });
            },
        },
        routes: async () => {
          const { passwordResetRoutes } = await import("./routes/password-reset-routes.ts");
          return passwordResetRoutes(api);
        },
        cleanUp: { links: (limit) => database.run(statements.removeExpired, { now: clock.now(), limit }) },
      };
    },
  });
}

function toEnvironment(context: ModuleContext, settings: PasswordResetSettings): ResetEnvironment {
  const { baseUrl } = context;
  if (baseUrl === null) {
    throw new AuthError("configuration_invalid", {
      message: "passwordReset needs createAuth({ baseUrl }): its links are made from nothing else",
    });
  }
  return { ...context, settings, baseUrl, mails: defineMails(context.use<MailQueue>("mail")) };
}
