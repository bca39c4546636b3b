import { AuthError, type AnyErrorCode, type AuthErrorData } from "../../errors.ts";
import { errorStatus, publicCode, type ModuleErrorStatuses } from "./error-status.ts";
import { answerHeaders } from "./answer-headers.ts";

/** The body of every failure (RFC 9457), with the code to branch on. `issues`, `reason` and such belong to some codes. */
export interface ProblemBody {
  readonly type: `urn:wispy-auth:error:${AnyErrorCode}`;
  readonly title: string;
  readonly status: number;
  readonly code: AnyErrorCode;
  readonly detail?: string;
}

/** The data that may leave the house, by code. Everything else (SQL, table names, differences) stays in the log. */
const publicData = new Set<string>([
  "invalid_input",
  "password_rejected",
  "too_many_requests",
  "overloaded",
] satisfies (keyof AuthErrorData)[]);

/** Any thrown value as an `AuthError`: what is none becomes `internal_error` with the value as its cause. */
export function toAuthError(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  return new AuthError("internal_error", {
    message: "An unexpected error reached the HTTP handler.",
    cause: error,
  });
}

/** The answer for a failure: problem+json with nothing in it that the code's entry does not allow. */
export function toProblem(error: AuthError, modules?: ModuleErrorStatuses): Response {
  const code = publicCode(error.code, modules);
  const { status, title, explained } = errorStatus(code, modules);
  const body: ProblemBody = {
    // What a module puts into the data of a failure it declared is meant for the client.
    ...(publicData.has(code) || modules?.has(code) ? error.data : {}),
    type: `urn:wispy-auth:error:${code}`,
    title,
    status,
    code,
    ...(explained ? { detail: error.message } : {}),
  };
  const headers = answerHeaders("application/problem+json");
  const retryAfterSeconds = retryAfter(error, status);
  if (retryAfterSeconds !== null) headers.set("retry-after", String(retryAfterSeconds));
  addRateLimit(headers, error);
  // RFC 9110 section 11.6.1: a 401 names at least one way in.
  if (status === 401) headers.set("www-authenticate", "Bearer");
  return new Response(JSON.stringify(body), { status, headers });
}

/** What was used up, as draft-ietf-httpapi-ratelimit-headers-10 writes it. */
function addRateLimit(headers: Headers, { data }: AuthError): void {
  const { policy, retryAfterSeconds } = data as Partial<AuthErrorData["too_many_requests"]>;
  if (policy === undefined || !/^[A-Za-z0-9_.]+$/.test(policy.name)) return;
  const { name, turns, seconds } = policy;
  headers.set("ratelimit-policy", `"${name}";q=${String(turns)};w=${String(seconds)}`);
  headers.set("ratelimit", `"${name}";r=0;t=${String(retryAfterSeconds)}`);
}

function retryAfter(error: AuthError, status: number): number | null {
  const seconds = "retryAfterSeconds" in error.data ? error.data.retryAfterSeconds : null;
  if (typeof seconds === "number") return Math.max(1, Math.ceil(seconds));
  return status === 503 ? 1 : null;
}
