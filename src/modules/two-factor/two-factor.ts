import { defineModule, type MailQueue, type ModuleContext } from "../../module.ts";
import { answerChallenge } from "./answer-challenge.ts";
import { requireSecondStep } from "./challenge.ts";
import { confirmTotp, disableFactor, enableEmail, offerTotp, renewRecoveryCodes } from "./change-factors.ts";
import { sendCode, sendProofCode } from "./email-codes.ts";
import { createTwoFactor } from "./migrations/001-two-factor.ts";
import { forgetUser, resetUser } from "./reset-user.ts";
import type { FactorKind, TwoFactor } from "./two-factor-api.ts";
import type { TwoFactorEnvironment } from "./two-factor-environment.ts";
import { defineMails } from "./two-factor-mails.ts";
import {
  resolveTwoFactorOptions,
  type TwoFactorOptions,
  type TwoFactorSettings,
} from "./two-factor-settings.ts";
import * as statements from "./two-factor-statements.ts";
import { twoFactorTables } from "./two-factor-tables.ts";

/**
 * A second step before every session, whatever way in the first one was: codes of an authenticator application (RFC
 * 6238), codes by mail, recovery codes, and browsers that are trusted for a while. Needs `createAuth({ secret })`.
 *
 * @throws AuthError `configuration_invalid`
 * @example
 * const auth = await createAuth({ database, secret, modules: [twoFactor({ issuer: "Acme" })] });
 * const result = await auth.signIn({ email, password });
 * if ("pending" in result) await auth.twoFactor.answer({ token: result.pending.token, method: "totp", code });
 */
export function twoFactor(options: TwoFactorOptions) {
  const settings = resolveTwoFactorOptions(options);
  return defineModule({
    name: "twoFactor",
    dependsOn: settings.mail ? ["mail"] : [],
    holdsUp: ["signIn"],
    migrations: [createTwoFactor],
    tables: twoFactorTables,
    statements: Object.values(statements),
    errors: {
      "twoFactor.code_wrong": { status: 422, title: "The code is wrong" },
      "twoFactor.challenge_gone": { status: 410, title: "The sign-in has ended" },
      "twoFactor.not_enabled": { status: 409, title: "There is no such second factor" },
      "twoFactor.already_enabled": { status: 409, title: "The second factor is there already" },
      "twoFactor.not_offered": { status: 409, title: "There is no secret to confirm" },
      "twoFactor.email_unverified": { status: 409, title: "The e-mail address is not verified" },
    },
    eventTypes: [
      "twoFactor.failed",
      "twoFactor.enabled",
      "twoFactor.disabled",
      "twoFactor.recovery_codes_renewed",
      "twoFactor.devices_forgotten",
      "twoFactor.reset",
    ],
    start(context) {
      const environment = toEnvironment(context, settings);
      const { database, clock } = context;
      const api = twoFactorApi(environment);
      return {
        api,
        hooks: {
          signIn: (proven) => requireSecondStep(environment, proven),
          userChanged: ({ user, what }) =>
            function* (tx) {
              // Who may have known the old password may have had a browser trusted.
              if (what !== "password") return;
              yield* tx.many(statements.deleteTrustedDevices, { userId: user.id });
              yield* tx.many(statements.deleteChallenges, { userId: user.id });
            },
          userDeleted: ({ id }) => forgetUser(id),
        },
        routes: async () => {
          const { twoFactorRoutes } = await import("./routes/two-factor-routes.ts");
          return twoFactorRoutes(context, api);
        },
        cleanUp: {
          challenges: (limit) =>
            database.run(statements.removeExpiredChallenges, { now: clock.now(), limit }),
          trustedDevices: (limit) => database.run(statements.removeEndedTrust, { now: clock.now(), limit }),
        },
      };
    },
  });
}

function toEnvironment(context: ModuleContext, settings: TwoFactorSettings): TwoFactorEnvironment {
  const mails = settings.mail ? defineMails(context.use<MailQueue>("mail")) : null;
  return { ...context, settings, secrets: context.sealer("secrets"), mails };
}

function twoFactorApi(environment: TwoFactorEnvironment): TwoFactor {
  const { database } = environment;
  return {
    async status(userId) {
      const rows = await database.many(statements.listFactors, { userId });
      const { left } = await database.one(statements.countRecoveryCodes, { userId });
      const factors = rows.map(({ kind }) => kind as FactorKind);
      return { enabled: factors.length > 0, factors, recoveryCodesLeft: left };
    },
    answer: (answer, context) => answerChallenge(environment, { answer, context }),
    sendCode: ({ token }, context) => sendCode(environment, { token, context }),
    offerTotp: (userId) => offerTotp(environment, userId),
    confirmTotp: (owner, code, context) => confirmTotp(environment, { owner, code, context }),
    enableEmail: (owner, context) => enableEmail(environment, { owner, context }),
    sendProofCode: (owner, context) => sendProofCode(environment, { owner, context }),
    disable: (owner, change, context) => disableFactor(environment, { owner, context, ...change }),
    renewRecoveryCodes: (owner, proof, context) => renewRecoveryCodes(environment, { owner, proof, context }),
    forgetDevices: async (userId) =>
      (await database.many(statements.deleteTrustedDevices, { userId })).length,
    reset: (userId) => resetUser(environment, userId),
  };
}
