import {
  addSeconds,
  AuthError,
  defineModule,
  type MailQueue,
  type Module,
  type ModuleContext,
  type ModuleHooks,
  type PendingOperation,
} from "../../module.ts";
import { requestChange } from "./change-address.ts";
import { confirmAddress } from "./confirm.ts";
import { hideTaken, ownAddress, requireVerified } from "./hold-sign-in.ts";
import { issueVerification } from "./issue.ts";
import { createEmailVerification } from "./migrations/001-email-verification.ts";
import { sendAgain } from "./send-again.ts";
import { undoChange } from "./undo-change.ts";
import type { EmailVerification } from "./verification-api.ts";
import type { VerificationEnvironment } from "./verification-environment.ts";
import { defineMails } from "./verification-mails.ts";
import {
  resolveVerificationOptions,
  type EmailVerificationOptions,
  type VerificationSettings,
} from "./verification-options.ts";
import * as statements from "./verification-statements.ts";
import { verifications } from "./verification-table.ts";

type VerificationModule<Holds extends PendingOperation> = Module<
  "emailVerification",
  Record<never, never>,
  null,
  EmailVerification,
  Holds
>;

/** Verified addresses, without holding anybody up: `auth.signUp` gives a session at once. */
export function emailVerification(
  options: EmailVerificationOptions & { readonly required: false },
): VerificationModule<never>;
/**
 * Verified addresses, by a mailed link or code: before anybody signs in, and before an account moves to a new address. A
 * sign-up does not tell whether its address has an account. Needs the module `mail`, `createAuth({ secret })`, and `baseUrl`.
 *
 * @throws AuthError `configuration_invalid`
 * @example
 * const auth = await createAuth({ database, secret, baseUrl, modules: [mail({ from, transport }), emailVerification()] });
 * const result = await auth.signUp({ email, password });
 * if ("pending" in result) await auth.emailVerification.confirm({ pendingToken: result.pending.token, code });
 */
export function emailVerification(options?: EmailVerificationOptions): VerificationModule<PendingOperation>;
export function emailVerification(
  options: EmailVerificationOptions = {},
): VerificationModule<PendingOperation> {
  const settings = resolveVerificationOptions(options);
  return defineModule({
    name: "emailVerification",
    dependsOn: ["mail"],
    holdsUp: settings.required ? (["signUp", "signIn"] as const) : [],
    migrations: [createEmailVerification],
    tables: [verifications.info],
    statements: Object.values(statements),
    errors: {
      "emailVerification.code_wrong": { status: 422, title: "The code is wrong" },
      "emailVerification.challenge_gone": { status: 410, title: "The sign-in has ended" },
      "emailVerification.link_gone": { status: 410, title: "The link does not work any more" },
      "emailVerification.already_verified": { status: 409, title: "The address is verified already" },
    },
    eventTypes: [
      "emailVerification.failed",
      "emailVerification.address_taken",
      "emailVerification.change_requested",
      "emailVerification.change_undone",
    ],
    start(context) {
      const environment = toEnvironment(context, settings);
      const { database, clock } = context;
      const api = verificationApi(environment);
      return {
        api,
        hooks: { ...changeHooks(environment), ...entryHooks(environment) },
        routes: async () => {
          const { verificationRoutes } = await import("./routes/verification-routes.ts");
          return verificationRoutes(context, api);
        },
        cleanUp: {
          verifications: (limit) => {
            const now = clock.now();
            const countedSince = addSeconds(now, -86_400);
            return database.run(statements.removeExpired, { now, countedSince, limit });
          },
        },
      };
    },
  });
}

function toEnvironment(context: ModuleContext, settings: VerificationSettings): VerificationEnvironment {
  const { baseUrl } = context;
  if (baseUrl === null) {
    throw new AuthError("configuration_invalid", {
      message: "emailVerification needs createAuth({ baseUrl }): its links are made from nothing else",
    });
  }
  const mails = defineMails(context.use<MailQueue>("mail"));
  return { ...context, settings, baseUrl, codes: context.sealer("codes"), mails };
}

type Hooks = ModuleHooks<object, null>;

/** With `required` what holds up; without, a mail for everybody who signs up. */
function entryHooks(
  environment: VerificationEnvironment,
): Pick<Hooks, "signIn" | "addressTaken" | "userCreated"> {
  if (environment.settings.required) {
    return {
      signIn: (proven) => requireVerified(environment, proven),
      addressTaken: (draft) => hideTaken(environment, draft),
    };
  }
  return {
    userCreated: ({ user, by }) =>
      function* (tx) {
        if (by !== "user" || user.emailVerifiedAt !== null) return;
        const now = environment.clock.now();
        yield* issueVerification(environment, { tx, now, ...ownAddress(user), waiting: null });
      },
  };
}

function changeHooks({ clock }: VerificationEnvironment): Pick<Hooks, "userChanged" | "userDeleted"> {
  return {
    userChanged: ({ user, what }) =>
      function* (tx) {
        // What was mailed before is of the account as it was (TK-03).
        if (what === "enabled") return;
        yield* tx.run(statements.voidPending, { userId: user.id, now: clock.now() });
      },
    userDeleted: ({ id }) =>
      function* (tx) {
        yield* tx.run(statements.deleteVerifications, { userId: id });
      },
  };
}

function verificationApi(environment: VerificationEnvironment): EmailVerification {
  return {
    send: (target, context) => sendAgain(environment, { target, context }),
    confirm: (confirmation, context) => confirmAddress(environment, { confirmation, context }),
    requestChange: (owner, { email }, context) => requestChange(environment, { owner, email, context }),
    undoChange: ({ token }, context) => undoChange(environment, { token, context }),
  };
}
