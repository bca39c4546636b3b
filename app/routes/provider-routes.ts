import { isAuthError } from "wispy-auth";
import type { Started } from "wispy-auth/oauth";

import type { AppAuth } from "../open-auth.ts";
import { leavingPage } from "../pages/providers/leaving-page.ts";
import type { ProviderName } from "../providers.ts";
import { Refusal } from "../web/refusal.ts";
import { type Answer, field, type Routes, type Visit } from "../web/visit.ts";
import { forFresh } from "./for-fresh.ts";

/**
 * Signing in by accounts elsewhere, and connecting them. The provider sends the browser back to a route of the library,
 * which sends it on: in, to the second step, or to /sign-in with the reason why not. An account that is first made that
 * way has the invitation of a followed link, and no first note: the library makes it, in a transaction of its own.
 */
export function providerRoutes(auth: AppAuth, providers: readonly ProviderName[]): Routes {
  const leave = async (
    { params }: Visit,
    { start, back }: { readonly start: (provider: string) => Promise<Started>; readonly back: string },
  ): Promise<Answer> => {
    const provider = providers.find(({ id }) => id === params["provider"]);
    if (provider === undefined) throw new Refusal(404, "There is no such page.");
    try {
      const { url, setCookie } = await start(provider.id);
      return { status: 200, page: leavingPage({ name: provider.name, url }), cookies: [setCookie] };
    } catch (error) {
      return explainAt(back, { error, provider: provider.id });
    }
  };

  return {
    "POST /sign-in/with/:provider": (visit) =>
      leave(visit, {
        start: (provider) => auth.oauth.start({ provider, redirectTo: "/" }, visit.context),
        back: "/sign-in",
      }),

    "POST /account/providers/connect/:provider": forFresh("/account", (visit) => {
      const redirectTo = "/account?done=connected";
      const { current, context } = visit;
      const start = (provider: string) => auth.oauth.startLinking({ provider, redirectTo, current }, context);
      return leave(visit, { start, back: "/account" });
    }),

    "POST /account/providers/disconnect": forFresh("/account", async ({ current: { user }, form }) => {
      try {
        await auth.oauth.unlink({ userId: user.id, accountId: field(form, "id") });
        return { location: "/account?done=disconnected" };
      } catch (error) {
        return explainAt("/account", { error, provider: field(form, "provider") });
      }
    }),
  };
}

/** The page that says why not, as after the way back from a provider. */
function explainAt(
  page: string,
  { error, provider }: { readonly error: unknown; readonly provider: string },
): Answer {
  if (!isAuthError(error) || !/^oauth\.|^too_many_requests$/.test(error.code)) throw error;
  return { location: `${page}?${new URLSearchParams({ error: error.code, provider }).toString()}` };
}
