import { AuthClientError } from "./auth-client-error.ts";
import type { CallOptions, ClientSettings } from "./client-options.ts";
import { readAnswer } from "./read-answer.ts";
import { toRequest, type CallTarget, type RequestParts } from "./to-request.ts";

interface RouteCall {
  readonly target: CallTarget;
  readonly input: object | undefined;
  readonly options: CallOptions | undefined;
}

/** Sends one call and reads its answer. @throws AuthClientError, or the reason of the signal that ended it */
export async function callRoute(
  settings: ClientSettings,
  { target, input, options = {} }: RouteCall,
): Promise<unknown> {
  const parts = toRequest(target, input);
  const headers = await toHeaders(settings, { target, parts, options });
  const { signal } = options;
  signal?.throwIfAborted();
  // Read now: an application may put another fetch in its place after the client was made.
  const send = settings.fetch ?? globalThis.fetch;
  try {
    const response = await send(settings.baseUrl.replace(/\/+$/, "") + parts.path, {
      method: parts.method,
      headers,
      body: parts.body,
      // Some frameworks keep the answers to GET of everybody, unless they are told not to.
      cache: "no-store",
      // A password goes where baseUrl says and nowhere else.
      redirect: "manual",
      // Left out, it is "same-origin"; runtimes without cookies refuse to be told.
      ...(settings.credentials && { credentials: settings.credentials }),
      ...(signal && { signal }),
    });
    return await readAnswer(response, target.name);
  } catch (error) {
    if (error instanceof AuthClientError || signal?.aborted === true) throw error;
    throw new AuthClientError("network_error", {
      message: `${target.name} got no answer. Check the connection and baseUrl; the server may have done it nevertheless.`,
      cause: error,
    });
  }
}

interface Sending {
  readonly target: CallTarget;
  readonly parts: RequestParts;
  readonly options: CallOptions;
}

async function toHeaders(settings: ClientSettings, { target, parts, options }: Sending): Promise<Headers> {
  const headers = new Headers(settings.headers);
  for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
  if (parts.body !== null) headers.set("content-type", "application/json");
  const token = (await settings.token?.()) ?? null;
  if (token === null) return headers;
  // Headers would quote it.
  if (!/^[!-~]+$/.test(token)) throw impossibleToken(target);
  headers.set("authorization", `Bearer ${token}`);
  return headers;
}

function impossibleToken({ name }: CallTarget): AuthClientError {
  return new AuthClientError("unauthenticated", {
    message: `${name} was not sent: what token() gave is empty or has characters that no token has.`,
  });
}
