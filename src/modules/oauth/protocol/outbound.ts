import { AuthError, isAuthError } from "../../../module.ts";
import { isLoopbackHost } from "./private-address.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface OutboundOptions {
  readonly fetch: Fetch;
  /** Plain http to this machine, for development and tests. */
  readonly allowLoopback: boolean;
  readonly timeoutMilliseconds?: number;
  readonly maxBytes?: number;
}

/** What is asked of a provider, as `oauth4webapi` asks it. */
export interface OutboundRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: BodyInit | Uint8Array | null | undefined;
}

/**
 * Asks a provider, and reads all of the answer: within the time, up to the size, by https, at the address itself.
 * @throws AuthError `oauth.provider_unavailable`
 */
export type Outbound = (url: string, request: OutboundRequest) => Promise<Response>;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

export function createOutbound(options: OutboundOptions): Outbound {
  const underWay = new Map<string, Promise<Answer>>();
  // What everybody is told alike, metadata and keys, is asked for once at a time.
  const share = (url: string, request: OutboundRequest): Promise<Answer> => {
    const known = underWay.get(url);
    if (known !== undefined) return known;
    const asked = ask(options, url, request).finally(() => underWay.delete(url));
    underWay.set(url, asked);
    return asked;
  };
  return async (url, request) => {
    const shared = request.method === "GET" && request.headers["authorization"] === undefined;
    const { status, headers, body } = await (shared ? share(url, request) : ask(options, url, request));
    return new Response(body.length === 0 ? null : body, { status, headers });
  };
}

async function ask(options: OutboundOptions, url: string, request: OutboundRequest): Promise<Answer> {
  const { fetch, timeoutMilliseconds = 5_000, maxBytes = 1024 * 1024 } = options;
  requireAllowedUrl(url, options);
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  // Raced, as nothing makes a `fetch` that was handed in mind the signal.
  const timeout = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  const { method, headers } = request;
  const body = (request.body ?? null) as BodyInit | null;
  const work = fetch(url, { method, headers, body, redirect: "manual", signal }).then((response) =>
    readAnswer(response, maxBytes),
  );
  try {
    return await Promise.race([work, timeout]);
  } catch (cause) {
    throw isAuthError(cause) ? cause : unavailable(cause instanceof Error ? cause.name : "no answer");
  }
}

async function readAnswer(response: Response, maxBytes: number): Promise<Answer> {
  const { status, headers } = response;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const wanted = (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 429);
  if (!wanted) {
    await response.body?.cancel();
    throw unavailable(`status ${String(status)}`);
  }
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes > maxBytes) throw unavailable(`more than ${String(maxBytes)} bytes`);
    parts.push(part);
  }
  return { status, headers, body: new Uint8Array(Buffer.concat(parts)) };
}

/** @throws AuthError `oauth.provider_unavailable` for anything but https, and http to this machine where it is allowed */
export function requireAllowedUrl(
  text: string,
  { allowLoopback }: Pick<OutboundOptions, "allowLoopback">,
): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const allowed =
    url?.protocol === "https:" || (allowLoopback && url?.protocol === "http:" && isLoopbackHost(url));
  if (url !== null && allowed && url.username === "" && url.password === "") return url;
  throw unavailable("an address that is not asked");
}

function unavailable(reason: string): AuthError {
  const message = "The provider cannot be asked at the moment";
  return new AuthError("oauth.provider_unavailable", { message, cause: new Error(reason) });
}
