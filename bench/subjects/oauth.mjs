import { genericOAuth } from "better-auth/plugins/generic-oauth";
import { oauth, oidc } from "../../dist/modules/oauth/index.js";
import { visitProvider } from "../support/browser.mjs";
import { ISSUER_CLIENT } from "../support/oidc-issuer.mjs";
import { APP_URL } from "./subject.mjs";

const PROVIDER = "acme";
const SIGNED_IN = "/home";
const FAILED = "/sign-in";

/** Where the issuer sends browsers back to, one address for each library. */
export const REDIRECT_URIS = [
  `${APP_URL}/auth/oauth/${PROVIDER}/callback`,
  `${APP_URL}/api/auth/callback/${PROVIDER}`,
];

/** The module of ours, and what has to be given beside it. @param {import("../support/oidc-issuer.mjs").Issuer} issuer */
export function wispyOAuthOptions({ url }) {
  const pages = { signedIn: SIGNED_IN, error: FAILED, pending: "/step" };
  return {
    secret: "a-secret-of-at-least-thirty-two-characters",
    // The issuer is on this machine, and speaks http.
    modules: [
      oauth({
        providers: [oidc({ id: PROVIDER, issuer: url, ...ISSUER_CLIENT })],
        pages,
        allowLoopback: true,
      }),
    ],
  };
}

/** The plugin of theirs for any OpenID Connect provider, as its documentation has it. */
export function betterOAuthPlugin({ url }) {
  const discoveryUrl = `${url}/.well-known/openid-configuration`;
  const scopes = ["openid", "email", "profile"];
  return genericOAuth({ config: [{ providerId: PROVIDER, discoveryUrl, scopes, ...ISSUER_CLIENT }] });
}

/** How a page of the application asks each library for the provider's page. */
export const startWispyOAuth = (browser) => browser.post(`/auth/oauth/${PROVIDER}/start`, {});
export const startBetterOAuth = (browser) =>
  browser.post("/api/auth/sign-in/social", {
    provider: PROVIDER,
    callbackURL: SIGNED_IN,
    errorCallbackURL: FAILED,
  });

/**
 * Goes to the provider and signs in there.
 *
 * @param {import("../support/browser.mjs").Browser} browser
 * @param {(browser: import("../support/browser.mjs").Browser) => Promise<Response>} start
 * @param {import("../support/oidc-issuer.mjs").Person} person
 * @returns {Promise<string>} The way back, which nobody has gone yet.
 */
export async function goToProvider(browser, start, person) {
  const { url } = await (await start(browser)).json();
  return visitProvider(url, person.sub);
}
