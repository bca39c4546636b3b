import { testBaseUrl, type TestAuth } from "./create-test-auth.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON; `null` when there is no body. */
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** A browser's side of `auth.handler`: keeps cookies, says where it comes from, sends and reads JSON. */
export interface HttpClient {
  get(path: string, headers?: HeadersInit): Promise<HttpAnswer>;
  post(path: string, body?: unknown, headers?: HeadersInit): Promise<HttpAnswer>;
  put(path: string, body?: unknown, headers?: HeadersInit): Promise<HttpAnswer>;
  patch(path: string, body?: unknown, headers?: HeadersInit): Promise<HttpAnswer>;
  delete(path: string, body?: unknown, headers?: HeadersInit): Promise<HttpAnswer>;
  /** Name to value, as the browser would send them. */
  readonly cookies: ReadonlyMap<string, string>;
}

/** Paths are below the base path: `/sign-in`. A header given as "" is left out: `{ origin: "" }`. */
export function createHttpClient(
  auth: Pick<TestAuth, "handler">,
  options: { readonly baseUrl?: string; readonly basePath?: string; readonly clientAddress?: string } = {},
): HttpClient {
  const { baseUrl = testBaseUrl, basePath = "/auth", clientAddress } = options;
  const cookies = new Map<string, string>();

  async function send(
    method: string,
    path: string,
    given: { body?: unknown; headers?: HeadersInit | undefined },
  ) {
    const headers = new Headers({ origin: new URL(baseUrl).origin });
    if (given.body !== undefined) headers.set("content-type", "application/json");
    if (cookies.size > 0) headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
    for (const [name, value] of new Headers(given.headers)) {
      if (value === "") headers.delete(name);
      else headers.set(name, value);
    }
    const body = given.body === undefined ? null : JSON.stringify(given.body);
    const request = new Request(new URL(basePath + path, baseUrl), { method, headers, body });
    const response = await auth.handler(request, clientAddress === undefined ? {} : { clientAddress });
    for (const cookie of response.headers.getSetCookie()) keepCookie(cookies, cookie);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? null : JSON.parse(text),
    };
  }

  return {
    cookies,
    get: (path, headers) => send("GET", path, { headers }),
    post: (path, body, headers) => send("POST", path, { body, headers }),
    put: (path, body, headers) => send("PUT", path, { body, headers }),
    patch: (path, body, headers) => send("PATCH", path, { body, headers }),
    delete: (path, body, headers) => send("DELETE", path, { body, headers }),
  };
}

/** Keeps, replaces or forgets what a `Set-Cookie` says. */
export function keepCookie(cookies: Map<string, string>, header: string): void {
  const [pair = "", ...attributes] = header.split(";").map((part) => part.trim());
  const [name = "", ...value] = pair.split("=");
  if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) cookies.delete(name);
  else cookies.set(name, value.join("="));
}
