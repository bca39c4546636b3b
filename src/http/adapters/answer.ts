import type { HttpHandler } from "../create-handler.ts";
import { type NodeRequest, toRequest } from "./to-request.ts";

/** The part of `Auth` that the adapters use. */
export interface AuthHandler {
  readonly handler: HttpHandler;
}

/** The handler's answer to a node:http request; 501 for methods that no `Request` can have. */
export async function answer(auth: AuthHandler, incoming: NodeRequest): Promise<Response> {
  let converted: ReturnType<typeof toRequest>;
  try {
    converted = toRequest(incoming);
  } catch {
    return new Response(null, { status: 501, headers: { "cache-control": "no-store" } });
  }
  return auth.handler(converted.request, converted.info);
}

/**
 * True when part of a refused body is still to come: on HTTP/1 it must not be taken for the next request, so the
 * connection ends with the answer. What arrived together with the headers gets the time to be parsed.
 */
export async function mustClose(incoming: NodeRequest): Promise<boolean> {
  if (incoming.httpVersionMajor !== 1 || incoming.complete) return false;
  await new Promise(setImmediate);
  return !incoming.complete;
}
