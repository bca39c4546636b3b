import { answerHeaders } from "../answers/answer-headers.ts";

/** How long a browser may remember the answer to a preflight: ten minutes, so that a removed origin is soon out. */
const preflightSeconds = 600;

/**
 * Answers `OPTIONS`: which methods a path has and, for a preflight of a trusted origin, that it may go ahead.
 */
export function answerOptions(
  request: Request,
  methods: string,
  trustedOrigins: ReadonlySet<string>,
): Response {
  const headers = answerHeaders(null);
  headers.set("allow", methods);
  const isPreflight = request.headers.has("access-control-request-method");
  if (isPreflight && trustedOrigins.has(request.headers.get("origin") ?? "")) {
    headers.set("access-control-allow-methods", methods);
    headers.set("access-control-allow-headers", "authorization, content-type");
    headers.set("access-control-max-age", String(preflightSeconds));
  }
  return new Response(null, { status: 204, headers });
}

/**
 * Lets a trusted origin read an answer. Only an origin that is in the list by exact spelling is ever named;
 * without trusted origins no CORS header exists at all.
 */
export function addCorsHeaders(
  response: Response,
  request: Request,
  trustedOrigins: ReadonlySet<string>,
): Response {
  if (trustedOrigins.size === 0) return response;
  response.headers.append("vary", "origin");
  const origin = request.headers.get("origin");
  if (origin === null || !trustedOrigins.has(origin)) return response;
  response.headers.set("access-control-allow-origin", origin);
  response.headers.set("access-control-allow-credentials", "true");
  response.headers.set("access-control-expose-headers", "retry-after");
  return response;
}
