import type { Auth } from "wispy-auth";
import { testBaseUrl } from "../../../support/create-test-auth.ts";
import { createHttpClient, type HttpAnswer, type HttpClient } from "../../../support/http-client.ts";

/** A browser that goes to a provider and comes back. */
export interface OAuthBrowser extends HttpClient {
  /** Asks for a provider's page. */
  start(provider: string, input?: object): Promise<HttpAnswer>;
  /** Signs in at the provider's page as `account` ("nobody" says no), up to where it sends the browser back to. */
  visit(url: string, account: string): Promise<string>;
  /** Follows the way back. */
  comeBack(url: string): Promise<HttpAnswer>;
  /** All of it; where the browser is sent in the end, below the application's origin. */
  signIn(provider: string, account: string, input?: object): Promise<string>;
}

export function createOAuthBrowser(auth: Pick<Auth, "handler">): OAuthBrowser {
  const client = createHttpClient(auth);
  const browser: OAuthBrowser = {
    ...client,
    start: (provider, input = {}) => client.post(`/oauth/${provider}/start`, input),
    visit,
    comeBack: (url) => client.get(url.slice(`${testBaseUrl}/auth`.length)),
    async signIn(provider, account, input) {
      const started = await browser.start(provider, input);
      const back = await visit(String(started.body?.["url"]), account);
      return placeOf(await browser.comeBack(back));
    },
  };
  return browser;
}

/** Where an answer sends the browser, below the application's origin. */
export function placeOf({ status, headers }: HttpAnswer): string {
  const location = headers.get("location") ?? "";
  if (status !== 303 || !location.startsWith(`${testBaseUrl}/`)) throw new Error(`sent nowhere: ${status}`);
  return location.slice(testBaseUrl.length);
}

/** Follows redirects with the cookies of the provider's site, up to the application's own. */
async function visit(url: string, account: string): Promise<string> {
  const cookies = new Map<string, string>();
  for (let next = url; ;) {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(next, { redirect: "manual", headers: { cookie, "x-account": account } });
    await response.arrayBuffer();
    for (const header of response.headers.getSetCookie()) {
      const [name = "", value = ""] = header.split(";", 1)[0]!.split("=");
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location === null)
      throw new Error(`the provider's page answered ${response.status} without a way on`);
    next = new URL(location, next).href;
    if (next.startsWith(testBaseUrl)) return next;
  }
}
