import { APP_URL } from "../subjects/subject.mjs";

/**
 * A browser that asks a library's HTTP handler, and keeps its cookies.
 *
 * @param {{ handler: (request: Request) => Promise<Response> }} auth
 * @returns {Browser}
 *
 * @typedef {object} Browser
 * @property {(path: string) => Promise<Response>} get
 * @property {(path: string, body: object) => Promise<Response>} post
 * @property {() => Headers} headers What it sends with every request.
 */
export function createBrowser(auth) {
  const cookies = new Map();
  const headers = () => new Headers({ origin: APP_URL, cookie: cookieLine(cookies) });

  async function send(path, init = {}) {
    const sent = headers();
    if (init.body !== undefined) sent.set("content-type", "application/json");
    const response = await auth.handler(new Request(APP_URL + path, { ...init, headers: sent }));
    keepCookies(cookies, response);
    return response;
  }

  return {
    headers,
    get: (path) => send(path),
    post: (path, body) => send(path, { method: "POST", body: JSON.stringify(body) }),
  };
}

/**
 * Signs in at a provider's page, and follows its redirects up to the application's own.
 *
 * @param {string} url The provider's page.
 * @param {string} account
 * @returns {Promise<string>} The way back, below the application's origin.
 */
export async function visitProvider(url, account) {
  const cookies = new Map();
  for (let next = url; ;) {
    const headers = { cookie: cookieLine(cookies), "x-account": account };
    const response = await fetch(next, { redirect: "manual", headers });
    await response.arrayBuffer();
    keepCookies(cookies, response);
    const location = response.headers.get("location");
    if (location === null) throw new Error(`The provider answered ${response.status} and no way on`);
    next = new URL(location, next).href;
    if (next.startsWith(APP_URL)) return next.slice(APP_URL.length);
  }
}

function cookieLine(cookies) {
  return [...cookies].map((pair) => pair.join("=")).join("; ");
}

function keepCookies(cookies, response) {
  for (const line of response.headers.getSetCookie()) {
    const pair = line.split(";", 1)[0];
    const split = pair.indexOf("=");
    const [name, value] = [pair.slice(0, split), pair.slice(split + 1)];
    if (value === "" || /;\s*max-age=0(;|$)/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }
}
