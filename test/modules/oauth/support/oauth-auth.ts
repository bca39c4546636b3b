import { createAuth, type Auth } from "wispy-auth";
import { oauth, oidc, type OAuthOptions, type OAuthProvider } from "wispy-auth/oauth";
import type { Module } from "wispy-auth/module";
import { optionsOf, type AuthOptions } from "../../../support/create-test-auth.ts";
import type { SuiteContext } from "../../../support/for-each-database.ts";
import { issuerClient, type Issuer } from "./start-issuer.ts";

export type OAuthAuth = Auth<unknown, readonly [ReturnType<typeof oauth>]>;

/** The application's description of an issuer that `startIssuer` started. */
export function providerOf(issuer: Pick<Issuer, "url">, id = "acme"): OAuthProvider {
  return oidc({ id, issuer: issuer.url, ...issuerClient });
}

/** An `Auth` with the module on the suite's own handle; closed with the suite. */
export async function createOAuthAuth(
  ctx: SuiteContext,
  options: OAuthOptions,
  { modules = [], ...overrides }: Partial<AuthOptions> & { readonly modules?: readonly Module[] } = {},
): Promise<OAuthAuth> {
  const pages = { signedIn: "/home", error: "/sign-in", pending: "/step" };
  const module = oauth({ pages, allowLoopback: true, ...options });
  const auth = await createAuth({ ...optionsOf(ctx, overrides), modules: [module, ...modules] });
  ctx.onSuiteEnd(() => auth.close());
  return auth as unknown as OAuthAuth;
}
