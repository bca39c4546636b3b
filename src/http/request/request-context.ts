import type { RequestContext } from "../../core/request-context.ts";
import type { Credentials } from "../cookies/credentials.ts";
import type { ClientAddressResolver } from "./client-address.ts";

/** What the server knows of a request beside the `Request`. */
export interface ConnectionInfo {
  /** The socket's peer, without which no address is written or counted. */
  readonly clientAddress?: string | undefined;
  /** The path as it stood in the request line, before a URL parser resolved dots and slashes. */
  readonly path?: string | undefined;
  /** What Next.js hands to an exported route method as its second argument; not read. */
  readonly params?: unknown;
}

/** Where a request comes from, in the core's terms. Never throws: what cannot be read is null. */
export function readRequestContext(
  headers: Headers,
  source: {
    readonly info: ConnectionInfo;
    readonly credentials: Pick<Credentials, "deviceToken" | "moduleCookies">;
    readonly clientAddress: ClientAddressResolver;
  },
): RequestContext {
  const { info, credentials, clientAddress } = source;
  // Frameworks hand over a second argument of their own kind when the handler is used directly.
  const socketAddress = typeof info.clientAddress === "string" ? info.clientAddress : null;
  return {
    ipAddress: clientAddress({ socketAddress, forwardedFor: headers.get("x-forwarded-for") }),
    userAgent: headers.get("user-agent"),
    deviceToken: credentials.deviceToken,
    ...(Object.keys(credentials.moduleCookies).length > 0 && { cookies: credentials.moduleCookies }),
  };
}
