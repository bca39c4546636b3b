/** A client that a provider knows us as. */
interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The providers that people can sign in by; those that nothing was set for are null. */
export interface ProviderSettings {
  readonly google: Client | null;
  readonly github: Client | null;
  /** Any OpenID Connect issuer. */
  readonly oidc: (Client & { readonly issuer: string; readonly name: string }) | null;
}

/**
 * Reads `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET`, `GITHUB_…` alike, and `OIDC_ISSUER`, `OIDC_CLIENT_ID`,
 * `OIDC_CLIENT_SECRET` and `OIDC_NAME` (what its button says).
 */
export function readProviders(env: NodeJS.ProcessEnv): ProviderSettings {
  const [issuer, oidc] = [env["OIDC_ISSUER"], readClient(env, "OIDC")];
  return {
    google: readClient(env, "GOOGLE"),
    github: readClient(env, "GITHUB"),
    oidc: issuer && oidc !== null ? { ...oidc, issuer, name: env["OIDC_NAME"] || "single sign-on" } : null,
  };
}

function readClient(env: NodeJS.ProcessEnv, prefix: string): Client | null {
  const [clientId, clientSecret] = [env[`${prefix}_CLIENT_ID`], env[`${prefix}_CLIENT_SECRET`]];
  return clientId && clientSecret ? { clientId, clientSecret } : null;
}
