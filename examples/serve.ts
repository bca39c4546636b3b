import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Auth, isAuthError, type NewSession, type RequestContext } from "wispy-auth";
import { toHeaders, toNodeHandler } from "wispy-auth/node";

export interface NewOrganisation {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** What every example does in its own table, each with another package. */
export interface Organisations {
  /** Makes the organisation and the account of its owner: both, or neither. Throws {@link NameTaken}. */
  found(organisation: NewOrganisation, context: RequestContext): Promise<NewSession>;
  /** The names, in order. */
  listOwnedBy(userId: string): Promise<readonly string[]>;
}

export class NameTaken extends Error {}

export interface Application {
  readonly auth: Auth;
  readonly organisations: Organisations;
  /** Ends the application's own database handle. */
  close(): Promise<void>;
}

export function serve(application: Application): void {
  const serveAuth = toNodeHandler(application.auth);
  const server = createServer((request, response) => {
    // Sign-in, sign-out and the like are the library's; the routes below are the application's own.
    if (request.url?.startsWith("/auth/")) serveAuth(request, response);
    else void answer(application, request, response);
  });
  listenUntilStopped(server, async () => {
    await application.auth.close();
    await application.close();
  });
}

/** Serves on `PORT` (3000) until it is asked to stop; finishes what is under way, then gives the database back. */
export function listenUntilStopped(server: Server, close: () => Promise<void>): void {
  server.listen(Number(process.env["PORT"] ?? 3000), () => {
    console.log(`Listening on http://localhost:${(server.address() as AddressInfo).port}`);
  });
  const stop = async (): Promise<void> => {
    await new Promise((resolve) => server.close(resolve));
    await close();
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void stop());
}

async function answer(application: Application, request: IncomingMessage, response: ServerResponse) {
  try {
    await route(application, request, response);
  } catch (error) {
    const [status, code] = explain(error);
    if (status === 500) console.error(error);
    send(response, status, { error: code });
  }
}

async function route(
  { auth, organisations }: Application,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = toHeaders(request);
  switch (`${request.method} ${request.url}`) {
    case "POST /organisations": {
      auth.requireAllowedOrigin(headers);
      const { context } = auth.readRequest(headers);
      const organisation = await readOrganisation(request);
      const signedUp = await organisations.found(organisation, context);
      response.setHeader("set-cookie", [...auth.sessionCookies(signedUp)]);
      return send(response, 201, { name: organisation.name, owner: signedUp.user.email });
    }
    case "GET /organisations": {
      const current = await auth.getSession(headers);
      if (current === null) return send(response, 401, { error: "unauthenticated" });
      return send(response, 200, { names: await organisations.listOwnedBy(current.user.id) });
    }
    default:
      return send(response, 404, { error: "not_found" });
  }
}

/** Throws a `SyntaxError` for what is no JSON object of texts. */
async function readOrganisation(request: IncomingMessage): Promise<NewOrganisation> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
    if (body.length > 10_000) throw new SyntaxError("The body is too large");
  }
  const { name, email, password } = Object(JSON.parse(body)) as Record<string, unknown>;
  if (typeof name !== "string" || typeof email !== "string" || typeof password !== "string" || name === "") {
    throw new SyntaxError("Send name, email and password");
  }
  return { name, email, password };
}

function explain(error: unknown): readonly [status: number, code: string] {
  if (error instanceof NameTaken) return [409, "name_taken"];
  if (error instanceof SyntaxError) return [400, "malformed"];
  if (isAuthError(error, "user_exists")) return [409, error.code];
  if (isAuthError(error, "invalid_input") || isAuthError(error, "password_rejected"))
    return [422, error.code];
  if (isAuthError(error, "origin_refused")) return [403, error.code];
  return [500, "internal_error"];
}

export function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
