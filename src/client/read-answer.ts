import { AuthClientError } from "./auth-client-error.ts";

/** A failure as the server tells it (RFC 9457); all that belongs to its code is in `data`. */
interface Problem {
  readonly code: string;
  readonly title?: string;
  readonly detail?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The value of an answer, `undefined` of one without a body. @throws AuthClientError */
export async function readAnswer(response: Response, call: string): Promise<unknown> {
  const { status } = response;
  if (response.type === "opaqueredirect" || (status >= 300 && status < 400)) throw redirected(response, call);
  if (status === 204) return undefined;
  const text = await response.text();
  if (response.ok) {
    if (text === "" && status !== 200) return undefined;
    const value = isOfType(response, "application/json") ? parseObject(text) : null;
    if (value === null) throw unexpected(response, call);
    return value;
  }
  const problem = isOfType(response, "application/problem+json") ? toProblem(parseObject(text)) : null;
  throw problem === null ? unexpected(response, call) : refused(response, { call, problem });
}

function isOfType({ headers }: Response, type: string): boolean {
  return (headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase() === type;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    // The parser's own message quotes the text, which may hold a token.
    return null;
  }
}

function toProblem(value: Readonly<Record<string, unknown>> | null): Problem | null {
  const { type, code, title, status: _status, detail, ...data } = value ?? {};
  if (typeof code !== "string" || type !== `urn:wispy-auth:error:${code}`) return null;
  return {
    code,
    ...(typeof title === "string" && { title }),
    ...(typeof detail === "string" && { detail }),
    data,
  };
}

function refused(
  response: Response,
  { call, problem }: { readonly call: string; readonly problem: Problem },
): AuthClientError {
  const { code, title, detail, data } = problem;
  const retryAfterSeconds = retryAfter(response, data["retryAfterSeconds"]);
  const wait = retryAfterSeconds === null ? "" : ` Try again in ${String(retryAfterSeconds)} seconds.`;
  return new AuthClientError(code, {
    message: `${call} was refused (${code}): ${detail ?? title ?? String(response.status)}${wait}`,
    status: response.status,
    title,
    detail,
    data,
    retryAfterSeconds,
  });
}

function unexpected(response: Response, call: string): AuthClientError {
  const { status } = response;
  return new AuthClientError("unexpected_answer", {
    message:
      `What answered ${call} (HTTP ${String(status)}) is not wispy-auth, or the answer was cut short. ` +
      "Check that baseUrl leads to its handler, and what stands between.",
    status,
    retryAfterSeconds: retryAfter(response),
  });
}

function redirected({ status }: Response, call: string): AuthClientError {
  return new AuthClientError("unexpected_answer", {
    message: `${call} was redirected, and nothing was sent on. Let baseUrl be where the redirect leads.`,
    ...(status > 0 && { status }),
  });
}

function retryAfter({ headers }: Response, told?: unknown): number | null {
  if (typeof told === "number") return told;
  const header = headers.get("retry-after") ?? "";
  return /^\d{1,9}$/.test(header) ? Number(header) : null;
}
