import { invalid } from "../mail-settings.ts";
import { mailFailure } from "./mail-failure.ts";

/** What every transport over HTTPS takes. */
export interface HttpTransportOptions {
  /** Default: the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Where the service is reached, if not at its usual address: a region, a proxy. */
  readonly apiUrl?: string;
}

/** What a service answered to a mail it did not take. */
export interface Refusal {
  readonly status: number;
  /** The body if it was a JSON object, else an empty one. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One request that hands a mail over. */
export interface HttpDelivery {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | URLSearchParams;
  readonly signal: AbortSignal;
}

/** A service as mails are handed to it. */
export interface HttpService {
  readonly name: string;
  readonly apiUrl: string;
  /** The service's own word for the refusal, for the reason. */
  readonly codeOf: (refusal: Refusal) => unknown;
  /** Whether another attempt is of no use. Default: for what is wrong with the mail, by its status. */
  readonly isPermanent?: (refusal: Refusal) => boolean;
}

/** Below the deliverer's own, so that the reason is told by whoever knows more. */
const timeoutMilliseconds = 20_000;
const maximumAnswerBytes = 16_384;

/** Hands mails to a service. @throws AuthError `mail.delivery_failed` */
export function httpDelivery(
  { name, apiUrl: usual, codeOf, isPermanent = isAboutTheMail }: HttpService,
  { fetch = globalThis.fetch, apiUrl = usual }: HttpTransportOptions,
): (delivery: HttpDelivery) => Promise<void> {
  if (!URL.canParse(apiUrl) || !/^https?:\/\//.test(apiUrl))
    throw invalid(`${name}: apiUrl is a web address`);
  const base = apiUrl.replace(/\/+$/, "");
  return async ({ path, headers, body, signal }) => {
    const response = await fetch(base + path, {
      method: "POST",
      headers: { accept: "application/json", ...headers },
      body,
      // A redirect would take the key and the mail to somebody else.
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]),
    });
    const answer = await readStart(response);
    if (response.ok) return;
    const refusal = { status: response.status, body: parseObject(answer) };
    const code = codeOf(refusal);
    const known = typeof code === "string" || typeof code === "number" ? ` ${String(code)}` : "";
    throw mailFailure({
      reason: `${name} ${String(refusal.status)}${known}`,
      permanent: isPermanent(refusal),
      ...retryAfterOf(response),
    });
  };
}

export const jsonHeaders = { "content-type": "application/json" } as const;

/** @throws AuthError `configuration_invalid`, without the key in it */
export function requireKey(key: unknown, name: string): string {
  if (typeof key === "string" && /^[\x21-\x7e]+$/.test(key)) return key;
  throw invalid(`${name} is a key of printable characters without spaces`);
}

/** What is said of the key, the plan or the sender (401, 403, 404) may be mended while the mail waits. */
function isAboutTheMail({ status }: Refusal): boolean {
  return status === 400 || status === 413 || status === 422;
}

/** RFC 9110 section 10.2.3: seconds, or a date, which is compared with the answer's own. */
function retryAfterOf({ headers }: Response): { readonly retryAfterSeconds?: number } {
  const value = headers.get("retry-after") ?? "";
  if (/^\d{1,9}$/.test(value)) return { retryAfterSeconds: Number(value) };
  const milliseconds = Date.parse(value) - Date.parse(headers.get("date") ?? "");
  return milliseconds > 0 ? { retryAfterSeconds: Math.ceil(milliseconds / 1000) } : {};
}

/** To its end, so that the connection can be used again; up to a bound, whoever answers. */
async function readStart({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  for (let size = 0; reader && size < maximumAnswerBytes;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.length;
  }
  await reader?.cancel();
  return Buffer.concat(chunks).toString("utf8");
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
