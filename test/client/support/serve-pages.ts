import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { bundlePage } from "./bundle-page.ts";

/** What a page of the tests has at hand: `window.kit`. */
export type PageKit = typeof import("wispy-auth/client") & typeof import("wispy-auth/referrals/client");

const program = [
  'export { AuthClientError, createAuthClient } from "wispy-auth/client";',
  'export { referralsClient } from "wispy-auth/referrals/client";',
].join("\n");

const page = `<!doctype html><title>A page</title><link rel="icon" href="data:,">
<script type="module">import * as kit from "/client.js"; window.kit = kit;</script>`;

export interface PageServer {
  readonly origin: string;
  /** Answers what is under `/auth`. */
  routes: Parameters<typeof createServer>[1];
  close(): Promise<void>;
}

/** A site whose every page has the client, bundled as an application would do it. `/moved` leads to `/auth`. */
export async function servePages(): Promise<PageServer> {
  const { code } = await bundlePage(program);
  const server: Server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (path.startsWith("/auth/")) return site.routes?.(request, response);
    if (path.startsWith("/moved/"))
      return response.writeHead(307, { location: path.replace("/moved/", "/auth/") }).end();
    const isScript = path === "/client.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    response.end(isScript ? code : page);
  });
  await new Promise<void>((listening) => server.listen(0, "localhost", listening));
  const { port } = server.address() as AddressInfo;
  const site: PageServer = {
    origin: `http://localhost:${String(port)}`,
    routes: (_request, response) => void response.writeHead(404).end(),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return site;
}
