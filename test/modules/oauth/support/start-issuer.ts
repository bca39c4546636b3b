import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider, type JWK } from "oidc-provider";
import { testBaseUrl } from "../../../support/create-test-auth.ts";

/** What an account at the issuer says of itself. */
export interface IssuerAccount {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

/** A real OpenID Connect provider on this machine. Who signs in there is said by a header of the browser. */
export interface Issuer {
  readonly url: string;
  readonly accounts: Map<string, IssuerAccount>;
  /** Somebody new with an account there, whose address is proved unless the claims say otherwise. */
  newPerson(claims?: Partial<IssuerAccount>): Required<IssuerAccount>;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  stop(): Promise<void>;
}

export const issuerClient = {
  clientId: "wispy",
  clientSecret: "a secret of the client, as long as it takes",
};

/**
 * @param providers The ids under which applications know it: each has a redirect URI of its own.
 * @param baseUrl Where those applications are.
 */
export async function startIssuer(providers: readonly string[], baseUrl = testBaseUrl): Promise<Issuer> {
  const accounts = new Map<string, IssuerAccount>();
  const requests: string[] = [];
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const provider = createProvider(url, { providers, baseUrl, accounts });
  const callback = provider.callback();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests.push(request.url!.split("?", 1)[0]!);
    if (!request.url!.startsWith("/interaction/")) return void callback(request, response);
    const account = String(request.headers["x-account"]);
    const result =
      account === "nobody" ? { error: "access_denied" } : { login: { accountId: account }, consent: {} };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }

  return {
    url,
    accounts,
    requests,
    newPerson(claims = {}) {
      const sub = randomUUID();
      const person = { sub, email: `${sub}@example.com`, email_verified: true, name: "Ada", ...claims };
      accounts.set(sub, person);
      return person;
    },
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

function createProvider(
  url: string,
  {
    providers,
    baseUrl,
    accounts,
  }: {
    readonly providers: readonly string[];
    readonly baseUrl: string;
    readonly accounts: ReadonlyMap<string, IssuerAccount>;
  },
): Provider {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return new Provider(url, {
    clients: [
      {
        client_id: issuerClient.clientId,
        client_secret: issuerClient.clientSecret,
        redirect_uris: providers.map((id) => `${baseUrl}/auth/oauth/${id}/callback`),
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ["a key of the issuer's cookies"] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig" } as JWK] },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    findAccount(_, sub) {
      const claims = accounts.get(sub) ?? { sub };
      return { accountId: sub, claims: () => ({ ...claims }) };
    },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client!.clientId,
        accountId: oidc.session!.accountId!,
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
}
