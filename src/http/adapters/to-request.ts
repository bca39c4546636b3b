import type { IncomingMessage } from "node:http";

import type { ConnectionInfo } from "../request/request-context.ts";

/** A node:http request, with what Express and its body parsers add. */
export type NodeRequest = IncomingMessage & {
  /** The target before a mounted router cut its prefix off. */
  readonly originalUrl?: string;
  /** What a body parser made of the body. */
  readonly body?: unknown;
};

/**
 * A `Request` with the same method, address, headers and body. The body is not read ahead: it flows when the
 * handler asks for it, and stops when the handler does.
 *
 * Throws a TypeError for what no `Request` can be (the methods TRACE and CONNECT).
 */
export function toRequest(incoming: NodeRequest): {
  readonly request: Request;
  readonly info: ConnectionInfo;
} {
  const target = incoming.originalUrl ?? incoming.url ?? "/";
  const url = baseOf(incoming) + (target.startsWith("/") ? target : "/");
  const headers = toHeaders(incoming);
  const init: RequestInit & { duplex?: "half" } = { method: incoming.method ?? "GET", headers };
  const body = bodyOf(incoming, headers);
  if (body !== null) Object.assign(init, { body, duplex: "half" });
  const request = new Request(url, init);
  // Read by somebody who kept nothing: seen by the handler as a body that is in use, not as an empty one.
  if (body !== null && wasConsumed(incoming) && incoming.body === undefined) request.body?.getReader();
  const info = { clientAddress: incoming.socket.remoteAddress, path: target.split("?", 1)[0] };
  return { request, info };
}

/**
 * The headers of a node:http request as `Headers`, for `auth.getSession(toHeaders(req))`. Those sent twice are
 * joined instead of dropped, so that two Authorization headers are not taken for one.
 */
export function toHeaders(incoming: Pick<IncomingMessage, "rawHeaders">): Headers {
  const headers = new Headers();
  const raw = incoming.rawHeaders;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    // HTTP/2 pseudo headers are no header fields.
    if (!raw[index]!.startsWith(":")) headers.append(raw[index]!, raw[index + 1]!);
  }
  return headers;
}

function baseOf(incoming: NodeRequest): string {
  const scheme = "encrypted" in incoming.socket && incoming.socket.encrypted === true ? "https" : "http";
  const authority = incoming.headers.host ?? incoming.headers[":authority"];
  const base = `${scheme}://${String(authority)}`;
  return URL.canParse(`${base}/`) ? base : `${scheme}://localhost`;
}

function bodyOf(incoming: NodeRequest, headers: Headers): BodyInit | null {
  if (incoming.method === "GET" || incoming.method === "HEAD") return null;
  if (wasConsumed(incoming) && incoming.body !== undefined) return parsedBody(incoming.body, headers);
  const isEmpty = !headers.has("transfer-encoding") && Number(headers.get("content-length") ?? 0) === 0;
  return isEmpty ? null : streamOf(incoming);
}

function wasConsumed(incoming: NodeRequest): boolean {
  return incoming.readableEnded;
}

/** Back to text, so that a body that somebody else parsed passes the same checks as any other. */
function parsedBody(body: unknown, headers: Headers): BodyInit {
  for (const name of ["content-length", "content-encoding", "transfer-encoding"]) headers.delete(name);
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : (JSON.stringify(body) ?? "");
}

/**
 * Like `Readable.toWeb`, except that cancelling leaves the socket open: the answer that says why the body was
 * not read to its end still has to go out on it.
 */
function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let finished = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const finish = (act: () => void): void => {
        if (!finished) act();
        finished = true;
      };
      incoming.on("data", (chunk: Uint8Array) => {
        incoming.pause();
        if (!finished) controller.enqueue(chunk);
      });
      incoming.on("end", () => finish(() => controller.close()));
      incoming.on("error", (error) => finish(() => controller.error(error)));
      incoming.on("close", () => finish(() => controller.error(new Error("the client left"))));
      incoming.pause();
    },
    pull: () => void incoming.resume(),
    cancel: () => {
      finished = true;
      incoming.pause();
    },
  });
}
