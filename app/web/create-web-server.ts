import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isAuthError } from "wispy-auth";
import { toHeaders, toNodeHandler } from "wispy-auth/node";

import type { AppAuth } from "../open-auth.ts";
import { errorPage } from "../pages/error-page.ts";
import { explainWait } from "../pages/explain-problem.ts";
import { type Asset, copyScript, icon, stylesheet } from "./assets.ts";
import { findRoute } from "./find-route.ts";
import { readForm } from "./read-form.ts";
import { Refusal } from "./refusal.ts";
import type { Answer, Routes } from "./visit.ts";

export interface WebServerOptions {
  readonly auth: AppAuth;
  readonly routes: Routes;
  /** Where people reach it. */
  readonly baseUrl: string;
}

// No scripts, nothing from elsewhere, and forms that only go back here.
const contentPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const securityHeaders = {
  "x-content-type-options": "nosniff",
  // Not "no-referrer": browsers would then send `Origin: null` with our own forms.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

/** Serves the pages, the files they need, and the library's own JSON routes under /auth. */
export function createWebServer(options: WebServerOptions): Server {
  const serveAuth = toNodeHandler(options.auth);
  const assets = new Map([stylesheet, icon, copyScript].map((asset) => [asset.path, asset]));
  return createServer({ requestTimeout: 30_000 }, (request, response) => {
    const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
    const asset = assets.get(path);
    if (path.startsWith("/auth/")) serveAuth(request, response);
    else if (asset !== undefined) sendAsset(response, asset);
    else void servePage(options, { request, response, path, query });
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: string;
}

async function servePage(options: WebServerOptions, exchange: Exchange): Promise<void> {
  try {
    send(exchange.response, await answer(options, exchange));
  } catch (error) {
    // What was not read of the request stays unread: nothing more can be said on this connection.
    if (!exchange.request.complete) exchange.response.setHeader("connection", "close");
    send(exchange.response, answerFailure(error));
  }
}

async function answer({ auth, routes, baseUrl }: WebServerOptions, exchange: Exchange): Promise<Answer> {
  const { request, path, query } = exchange;
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "");
  const found = findRoute(routes, method, path);
  if (found === null) throw new Refusal(404, "There is no such page.");
  const headers = toHeaders(request);
  if (method !== "GET") auth.requireAllowedOrigin(headers);
  const form = method === "GET" ? new URLSearchParams() : await readForm(request);
  const { remoteAddress: clientAddress } = request.socket;
  const details = auth.readRequest(headers, clientAddress === undefined ? {} : { clientAddress });
  const current = await auth.getSession(headers);
  const { params, route } = found;
  return route({ ...details, params, query: new URLSearchParams(query), form, current, origin: baseUrl });
}

function answerFailure(error: unknown): Answer {
  if (error instanceof Refusal) {
    const title = error.status === 404 ? "Nothing here" : "That did not work";
    return { status: error.status, page: errorPage(title, error.message) };
  }
  if (isAuthError(error, "origin_refused")) {
    const message = "This form was sent by another site, so nothing was done.";
    return { status: 403, page: errorPage("That did not work", message) };
  }
  if (isAuthError(error, "too_many_requests")) {
    return { status: 429, page: errorPage("Too often", explainWait(error)) };
  }
  // The session ended between two steps.
  if (isAuthError(error, "unauthenticated")) return { location: "/sign-in" };
  console.error(error);
  const busy = isAuthError(error, "database_unavailable") || isAuthError(error, "connection_timeout");
  return busy
    ? { status: 503, page: errorPage("Back in a moment", "The database does not answer right now.") }
    : { status: 500, page: errorPage("Something broke", "The fault is ours, and it has been noted.") };
}

function send(response: ServerResponse, result: Answer): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  // Pages hold personal data: not for the disk, nor for the back button after signing out.
  response.setHeader("cache-control", "no-store");
  response.setHeader("content-security-policy", policyOf(result));
  if ("page" in result && result.hasSecretAddress === true) {
    // Says nothing of the address to anybody, and yet lets browsers name our origin with the page's form.
    response.setHeader("referrer-policy", "strict-origin");
  }
  if (result.cookies !== undefined) response.setHeader("set-cookie", [...result.cookies]);
  if ("location" in result) {
    response.writeHead(303, { location: result.location }).end();
  } else {
    response.writeHead(result.status, { "content-type": "text/html; charset=utf-8" });
    response.end(result.page.toString());
  }
}

function policyOf(result: Answer): string {
  if (!("page" in result)) return contentPolicy;
  // A mail in a frame is under the page's policy, and its styles are in its elements.
  if (result.showsMail === true) return contentPolicy.replace("style-src", "style-src 'unsafe-inline'");
  return result.script === undefined ? contentPolicy : `${contentPolicy}; script-src 'self'`;
}

function sendAsset(response: ServerResponse, { type, content }: Asset): void {
  response.writeHead(200, {
    "content-type": type,
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
  });
  response.end(content);
}
