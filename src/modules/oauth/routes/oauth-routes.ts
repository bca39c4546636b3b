import { AuthError, implementRoute, readClientDetails, type Route } from "../../../module.ts";
import { finishFlow } from "../finish-flow.ts";
import { listAccounts, unlinkAccount } from "../linked-accounts.ts";
import type { OAuthEnvironment } from "../oauth-environment.ts";
import { redirectUriOf, requireProvider } from "../oauth-settings.ts";
import { startFlow, startLinking } from "../start-flow.ts";
import { oauthContracts } from "./oauth-contracts.ts";

export function oauthRoutes(environment: OAuthEnvironment): readonly Route[] {
  return [...wayRoutes(environment), ...accountRoutes(environment)];
}

function wayRoutes(environment: OAuthEnvironment): readonly Route[] {
  const { settings } = environment;
  return [
    implementRoute(oauthContracts.start, async ({ params, input, context }) => {
      const wanted = { ...input, provider: params["provider"] ?? "" };
      const { url, cookie } = await startFlow(environment, { input: wanted, link: null }, context);
      return { body: { url }, cookies: { own: cookie } };
    }),
    implementRoute(oauthContracts.callback, (call) => finishFlow(environment, call)),
    implementRoute(oauthContracts.formCallback, async ({ params, query }) => {
      const provider = requireProvider(settings, params["provider"]);
      const url = new URL(redirectUriOf(settings, provider));
      for (const name of ["state", "code", "iss", "error", "user"]) {
        if (query[name] !== undefined) url.searchParams.set(name, query[name]);
      }
      return { body: null, location: url.href };
    }),
    implementRoute(oauthContracts.link, async ({ params, input, context, current }) => {
      const wanted = { ...input, provider: params["provider"] ?? "", current };
      const { url, cookie } = await startLinking(environment, wanted, context);
      return { body: { url }, cookies: { own: cookie } };
    }),
  ];
}

function accountRoutes(environment: OAuthEnvironment): readonly Route[] {
  return [
    implementRoute(oauthContracts.listAccounts, async ({ current }) => {
      const accounts = await listAccounts(environment, current.user.id);
      return {
        body: {
          accounts: accounts.map(({ linkedAt, ...account }) => ({
            ...account,
            linkedAt: linkedAt.toISOString(),
          })),
        },
      };
    }),
    implementRoute(oauthContracts.unlink, async ({ params, current, context }) => {
      environment.requireFresh(current);
      const target = { userId: current.user.id, accountId: params["account"] ?? "" };
      if (await unlinkAccount(environment, { ...target, client: readClientDetails(context) }))
        return { body: null };
      throw new AuthError("not_found", { message: "There is no such account" });
    }),
  ];
}
