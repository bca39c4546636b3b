import { defineModule, type ModuleContext } from "../../module.ts";
import { dropAll, dropUnproven } from "./drop-links.ts";
import * as identityStatements from "./identity-statements.ts";
import { deleteIdentitiesOfUser } from "./identity-statements.ts";
import { listAccounts, readTokens, unlinkAccount } from "./linked-accounts.ts";
import { createOAuth } from "./migrations/001-oauth.ts";
import type { OAuth } from "./oauth-api.ts";
import type { OAuthEnvironment } from "./oauth-environment.ts";
import type { OAuthOptions } from "./oauth-options.ts";
import { resolveOAuthOptions } from "./oauth-settings.ts";
import { oauthTables } from "./oauth-tables.ts";
import { createOutbound } from "./protocol/outbound.ts";
import { createServerDirectory } from "./protocol/server-directory.ts";
import { startFlow, startLinking, type Departure } from "./start-flow.ts";
import * as stateStatements from "./state-statements.ts";

/**
 * Signing in by accounts at other sites, with nothing kept that opens anything there or here. Needs
 * `createAuth({ baseUrl, secret })`.
 *
 * @throws AuthError `configuration_invalid`
 * @example
 * const auth = await createAuth({
 *   database,
 *   baseUrl: "https://app.example.com",
 *   secret,
 *   modules: [oauth({ providers: [google({ clientId, clientSecret })] })],
 * });
 */
export function oauth(options: OAuthOptions) {
  return defineModule({
    name: "oauth",
    migrations: [createOAuth],
    tables: oauthTables,
    statements: [identityStatements, stateStatements].flatMap((file) => Object.values(file)),
    errors: oauthErrors,
    eventTypes: ["oauth.linked", "oauth.unlinked"],
    start(context) {
      const environment = createEnvironment(context, options);
      return {
        api: oauthApi(environment),
        hooks: {
          userChanged: ({ user, what, client }) =>
            function* (tx) {
              const losing = { userId: user.id, client };
              if (what === "password") yield* dropUnproven(environment, losing)(tx);
              if (what === "owner") yield* dropAll(environment, losing)(tx);
            },
          userDeleted: ({ id }) =>
            function* (tx) {
              yield* tx.many(deleteIdentitiesOfUser, { userId: id });
            },
        },
        routes: async () => {
          const { oauthRoutes } = await import("./routes/oauth-routes.ts");
          return oauthRoutes(environment);
        },
        cleanUp: {
          expiredStates: (limit) =>
            context.database.run(stateStatements.deleteExpiredStates, { now: context.clock.now(), limit }),
        },
      };
    },
  });
}

const oauthErrors = {
  "oauth.state_invalid": { status: 400, title: "The sign-in took too long, or began in another browser" },
  "oauth.denied": { status: 403, title: "The sign-in was not allowed at the provider" },
  "oauth.provider_unavailable": { status: 503, title: "The provider cannot be asked at the moment" },
  "oauth.response_invalid": { status: 502, title: "What the provider answered does not hold" },
  "oauth.email_missing": { status: 422, title: "The provider told no e-mail address" },
  "oauth.account_exists": { status: 409, title: "Sign in to the account first, and link the provider there" },
  "oauth.identity_taken": { status: 409, title: "The account at the provider belongs to another account" },
  "oauth.identity_moved": { status: 409, title: "The account changed in the meantime" },
  "oauth.session_changed": { status: 403, title: "Sign in again, and link the account then" },
  "oauth.last_way_in": { status: 409, title: "Nothing else would sign in to the account" },
} as const;

function createEnvironment(context: ModuleContext, options: OAuthOptions): OAuthEnvironment {
  const settings = resolveOAuthOptions(options, context);
  // Without the secret nothing can be sealed: better said at the start than at a sign-in.
  context.sealer("flow");
  const { fetch = globalThis.fetch, allowLoopback = false } = options;
  const outbound = createOutbound({ fetch, allowLoopback });
  const { clock, log } = context;
  const servers = createServerDirectory({ outbound, allowLoopback, clock, log });
  return { ...context, settings, servers, outbound, allowLoopback };
}

function oauthApi(environment: OAuthEnvironment): OAuth {
  const toStarted = ({ url, cookie }: Departure) => ({ url, setCookie: environment.setCookie(cookie) });
  return {
    start: async (input, context) => toStarted(await startFlow(environment, { input, link: null }, context)),
    startLinking: async (input, context) => toStarted(await startLinking(environment, input, context)),
    listAccounts: (userId) => listAccounts(environment, userId),
    unlink: (target) => unlinkAccount(environment, target),
    tokens: (target) => readTokens(environment, target),
  };
}
