import { type Clock, systemClock } from "../clock.ts";
import type { CurrentSession } from "../core/session.ts";
import { AuthError } from "../errors.ts";
import { answerHeaders } from "./answers/answer-headers.ts";
import { errorStatus } from "./answers/error-status.ts";
import { toAuthError, toProblem } from "./answers/problem.ts";
import { type Credentials, readCredentials } from "./cookies/credentials.ts";
import { toSetCookies } from "./cookies/set-cookie.ts";
import { addCorsHeaders, answerOptions } from "./guards/cors.ts";
import { requireAllowedOrigin } from "./guards/origin.ts";
import type { HttpOperations } from "./http-operations.ts";
import type { HttpSettings } from "./http-settings.ts";
import { type StartTimer, systemTimer } from "./request/read-body.ts";
import { readForm, readQuery } from "./request/read-form.ts";
import { readInput } from "./request/read-input.ts";
import { type ConnectionInfo, readRequestContext } from "./request/request-context.ts";
import type { Route, RouteAnswer, RouteCall } from "../contract/route.ts";
import { loadRoutes, type RouteParts } from "./routes/load-routes.ts";
import { createRouter, type PathMatch, type Router } from "./routes/router.ts";

export type HttpHandler = (request: Request, info?: ConnectionInfo) => Promise<Response>;

/** A failure that only the operator can do something about. `error.cause` has what was thrown. */
export interface HttpFailure {
  readonly event: "http.failed";
  /** The route's id, null when the failure came before one was found. */
  readonly route: string | null;
  readonly error: AuthError;
}

export interface HandlerOptions extends RouteParts {
  readonly clock?: Clock | undefined;
  readonly startTimer?: StartTimer | undefined;
  readonly log?: ((failure: HttpFailure) => void) | undefined;
}

const maxBodyBytes = 32 * 1024;
const bodyTimeoutMilliseconds = 10_000;

interface Exchange {
  readonly request: Request;
  readonly info: ConnectionInfo;
  readonly credentials: Credentials;
  readonly match: PathMatch;
  readonly route: Route;
}

/**
 * The HTTP face: a function from a `Request` to a `Response` that never rejects.
 *
 * Failures are problem+json (RFC 9457) with the `AuthError` code; those the client cannot act on are
 * `internal_error` or `database_unavailable` to the client and go to `log` in full.
 */
export function createHandler(options: HandlerOptions): HttpHandler {
  const { trustedOrigins } = options.settings.origins;
  let router: Router | undefined;
  return async (request, info) => {
    let response: Response;
    try {
      router ??= createRouter(await loadRoutes(options), options.settings.basePath);
      response = await answer(options, router, { request, info: info ?? {} });
    } catch (error) {
      response = fail(options, null, error);
    }
    if (request.method === "HEAD") response = new Response(null, response);
    return addCorsHeaders(response, request, trustedOrigins);
  };
}

async function answer(
  options: HandlerOptions,
  router: Router,
  { request, info }: Pick<Exchange, "request" | "info">,
): Promise<Response> {
  const match = router(info.path ?? new URL(request.url).pathname);
  if (match === null)
    return toProblem(new AuthError("not_found", { message: "There is nothing at this address." }));
  const methods = allowedMethods(match);
  if (request.method === "OPTIONS")
    return answerOptions(request, methods, options.settings.origins.trustedOrigins);
  const route = match.routes.get(request.method === "HEAD" ? "GET" : request.method);
  if (route === undefined) return methodNotAllowed(methods);
  const credentials = readCredentials(request.headers, options.settings.cookies);
  try {
    return await answerRoute(options, { request, info, credentials, match, route });
  } catch (error) {
    return fail(options, route, error);
  }
}

async function answerRoute(options: HandlerOptions, exchange: Exchange): Promise<Response> {
  const { request, route, credentials } = exchange;
  const { settings, startTimer = systemTimer } = options;
  if (route.crossSiteForm === true) return answerForm(options, exchange);
  if (route.method !== "GET") requireAllowedOrigin(request, settings.origins, credentials);
  const current = await requireCredential(options.operations, route, credentials);
  const limits = { maxBytes: maxBodyBytes, timeoutMilliseconds: bodyTimeoutMilliseconds, startTimer };
  const input = route.method === "GET" ? undefined : await readInput(request, route.input, limits);
  const call = { ...toCall(settings, exchange), input, current };
  return toResponse(options, route, await route.handle(call));
}

/** A form from another site: nothing of the browser's is looked at, as nothing may be done in its name. */
async function answerForm(options: HandlerOptions, exchange: Exchange): Promise<Response> {
  const { request, route } = exchange;
  const { settings, startTimer = systemTimer } = options;
  const limits = { maxBytes: maxBodyBytes, timeoutMilliseconds: bodyTimeoutMilliseconds, startTimer };
  const query = await readForm(request, limits);
  const nobody = { token: null, carrier: "none", deviceToken: null, moduleCookies: {} } as const;
  const credentials = { ...nobody, cookieSent: false };
  const call = { ...toCall(settings, { ...exchange, credentials }), query, input: undefined, current: null };
  return toResponse(options, route, await route.handle(call));
}

async function requireCredential(
  operations: HttpOperations,
  route: Route,
  { token }: Credentials,
): Promise<CurrentSession | null> {
  if (route.credential === "none" || route.credential === "optional") return null;
  if (token === null) throw notSignedIn();
  if (route.credential === "token") return null;
  const current = await operations.getSession(token);
  if (current === null) throw notSignedIn();
  return current;
}

function toCall(settings: HttpSettings, exchange: Exchange): Omit<RouteCall, "input" | "current"> {
  const { request, info, credentials, match, route } = exchange;
  return {
    params: match.params,
    query: readQuery(new URL(request.url).searchParams),
    context: readRequestContext(request.headers, {
      info,
      credentials,
      clientAddress: settings.clientAddress,
    }),
    token: route.credential === "none" ? null : credentials.token,
    carrier: credentials.carrier,
  };
}

function toResponse(options: HandlerOptions, route: Route, result: RouteAnswer): Response {
  const hasBody = route.output !== null;
  const headers = answerHeaders(hasBody ? "application/json" : null);
  const now = (options.clock ?? systemClock).now();
  const module = route.id.split(".", 1)[0]!;
  for (const cookie of toSetCookies(result.cookies ?? {}, options.settings.cookies, { now, module })) {
    headers.append("set-cookie", cookie);
  }
  if (result.location !== undefined) headers.set("location", result.location);
  return new Response(hasBody ? JSON.stringify(result.body) : null, { status: route.status, headers });
}

/** The answer for a failure; one that is not explained to the client is explained to the log. */
function fail(options: HandlerOptions, route: Route | null, thrown: unknown): Response {
  const error = toAuthError(thrown);
  if (!errorStatus(error.code, options.modules?.errorStatuses).explained) {
    try {
      options.log?.({ event: "http.failed", route: route?.id ?? null, error });
    } catch {
      // The application's logger fails; the answer must not.
    }
  }
  return toProblem(error, options.modules?.errorStatuses);
}

function allowedMethods(match: PathMatch): string {
  const methods = [...match.routes.keys()].flatMap((method) =>
    method === "GET" ? ["GET", "HEAD"] : [method],
  );
  return [...methods, "OPTIONS"].join(", ");
}

function methodNotAllowed(methods: string): Response {
  const message = `This address takes ${methods}.`;
  const response = toProblem(new AuthError("method_not_allowed", { message }));
  response.headers.set("allow", methods);
  return response;
}

function notSignedIn(): AuthError {
  return new AuthError("unauthenticated", { message: "There is no session, or it has ended." });
}
