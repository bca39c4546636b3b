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
  const headers = await toHeaders(settings, { parts, options });
  const { signal } = options;
  signal?.throwIfAborted();
  // Read now: an application may put another fetch in its place after the client was made.
  const send = settings.fetch ?? globalThis.fetch;
  try {
    const response = await send(settings.baseUrl.replace(/\/+$/, "") + parts.path, {
      method: parts.method,
      headers,
      body: parts.body,
      credentials: settings.credentials ?? "same-origin",
      // Some frameworks keep the answers to GET of everybody, unless they are told not to.
      cache: "no-store",
      // A password goes where baseUrl says and nowhere else.
      redirect: "manual",
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

async function toHeaders(
  settings: ClientSettings,
  { parts, options }: { readonly parts: RequestParts; readonly options: CallOptions },
): Promise<Headers> {
  const headers = new Headers(settings.headers);
  for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
  if (parts.body !== null) headers.set("content-type", "application/json");
  const token = (await settings.token?.()) ?? null;
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  return headers;
}
