import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

/** What an application says of itself to the issuer. */
export const ISSUER_CLIENT = {
  clientId: "bench",
  clientSecret: "a secret of the client, as long as it takes",
};

/**
 * A real OpenID Connect provider on this machine, by the library oidc-provider. Whose account it is that signs in
 * there is said by a header of the browser.
 *
 * @param {readonly string[]} redirectUris
 * @returns {Promise<Issuer>}
 *
 * @typedef {object} Issuer
 * @property {string} url
 * @property {() => Person} newPerson Somebody new with an account there, whose address it vouches for.
 * @property {() => Promise<void>} stop
 *
 * @typedef {{ sub: string, email: string, email_verified: true, name: string }} Person
 */
export async function startIssuer(redirectUris) {
  // Loaded here, because it warns of things at once that only who uses it should hear.
  const { Provider } = await import("oidc-provider");
  const people = new Map();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, configurationOf({ redirectUris, people }));
  const callback = provider.callback();

  async function answer(request, response) {
    if (!request.url.startsWith("/interaction/")) return void callback(request, response);
    const result = { login: { accountId: String(request.headers["x-account"]) }, consent: {} };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }

  return {
    url,
    newPerson() {
      const sub = randomUUID();
      const person = { sub, email: `${sub}@mail.example`, email_verified: true, name: "Ada Lovelace" };
      people.set(sub, person);
      return person;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(resolve));
    },
  };
}

function configurationOf({ redirectUris, people }) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    clients: [
      {
        client_id: ISSUER_CLIENT.clientId,
        client_secret: ISSUER_CLIENT.clientSecret,
        // What better-auth sends unless told otherwise; wispy-auth takes what the issuer announces.
        token_endpoint_auth_method: "client_secret_post",
        redirect_uris: redirectUris,
      },
    ],
    clientAuthMethods: ["client_secret_post"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    features: { devInteractions: { enabled: false } },
    // The claims are in the ID token, as those of the large providers are, so that nobody has to ask again.
    conformIdTokenClaims: false,
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ["a key of the issuer's cookies"] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig" }] },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...people.get(sub) }) }),
    async loadExistingGrant({ oidc }) {
      const { clientId } = oidc.client;
      const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  };
}
