import type { ServerResponse } from "node:http";

import { answer, type AuthHandler, mustClose } from "./answer.ts";
import type { NodeRequest } from "./to-request.ts";

/**
 * Serves the routes from node:http, or from Express mounted at the base path.
 *
 * A body that `express.json()` has parsed already is used as it is. The returned function never throws and never
 * calls `next`: every request that reaches it is answered.
 *
 * @example
 * http.createServer(toNodeHandler(auth)).listen(3000);
 * expressApp.use("/auth", toNodeHandler(auth));
 */
export function toNodeHandler(auth: AuthHandler): (incoming: NodeRequest, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    serve(auth, incoming, outgoing).catch(() => {
      // The socket is beyond saying anything on; the process is not to suffer for it.
      outgoing.destroy();
    });
  };
}

async function serve(auth: AuthHandler, incoming: NodeRequest, outgoing: ServerResponse): Promise<void> {
  const response = await answer(auth, incoming);
  const body = response.body === null ? undefined : Buffer.from(await response.arrayBuffer());
  const closing = await mustClose(incoming);
  if (outgoing.headersSent || outgoing.destroyed) return;
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    // Others may have set cookies and Vary before us; iteration gives each cookie by itself.
    if (name === "set-cookie" || name === "vary") outgoing.appendHeader(name, value);
    else outgoing.setHeader(name, value);
  }
  if (closing) outgoing.setHeader("connection", "close");
  outgoing.end(body);
}
