import type { ModuleApis, SignUpAnswersOf, SignUpFieldsOf } from "../contract/module-types.ts";
import type { coreContracts } from "../http/routes/core-contracts.ts";
import { callRoute } from "./call-route.ts";
import type { ClientModule } from "./client-module.ts";
import type { AuthClientOptions, CallOptions } from "./client-options.ts";
import { coreClientRoutes } from "./core-client-routes.ts";
import type { RouteMethods, SignInAnswer, SignUpInput } from "./route-methods.ts";

/** A session was opened. */
export type SignedIn = Extract<SignInAnswer, { readonly user: unknown }>;
/** A step is asked for before there is a session: `pending.step` names the module that takes the answer. */
export type PendingSignIn = Extract<SignInAnswer, { readonly pending: unknown }>;
export type ClientUser = SignedIn["user"];
export type ClientSession = SignedIn["session"];

type CoreMethods = Omit<RouteMethods<typeof coreContracts>, "signUp">;

/** A method for each route of the core, and those of each module under its name. */
export type AuthClient<Modules extends readonly ClientModule[] = readonly []> = CoreMethods & {
  /** Creates an account and signs in to it. Takes the fields of the modules; their answers are in the result. */
  signUp(
    input: SignUpInput & SignUpFieldsOf<Modules>,
    options?: CallOptions,
  ): Promise<(SignedIn & SignUpAnswersOf<Modules>) | PendingSignIn>;
} & ModuleApis<Modules>;

/**
 * A client of the routes under `auth.handler`, for a browser or a server. Nothing is sent before a method is called; a
 * method takes one object, the names in the path of its route among its fields, and `{ signal, headers }`.
 *
 * @throws AuthClientError from every method
 * @example
 * const client = createAuthClient({ baseUrl: "/auth", modules: [referralsClient] });
 * const { user } = await client.getSession();
 * const { code } = await client.referrals.createCode({ code: "ADA-2026" });
 */
export function createAuthClient<const Modules extends readonly ClientModule[] = readonly []>(
  options: AuthClientOptions<Modules>,
): AuthClient<Modules> {
  const methodsOf = (routes: Readonly<Record<string, string>>, prefix = "") =>
    Object.fromEntries(
      Object.entries(routes).map(([name, route]) => {
        const target = { name: prefix + name, route };
        const method = (input?: object, callOptions?: CallOptions) =>
          callRoute(options, { target, input, options: callOptions });
        return [name, method];
      }),
    );
  const modules = (options.modules ?? []).map(({ name, routes }) => [name, methodsOf(routes, `${name}.`)]);
  return { ...methodsOf(coreClientRoutes), ...Object.fromEntries(modules) } as AuthClient<Modules>;
}
