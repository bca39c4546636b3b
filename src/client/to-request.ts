import { AuthClientError } from "./auth-client-error.ts";

export interface CallTarget {
  /** How the caller names it: `referrals.createCode`. */
  readonly name: string;
  /** `POST /referrals/codes`. */
  readonly route: string;
}

export interface RequestParts {
  readonly method: string;
  /** Below the base path, with its parameters. */
  readonly path: string;
  readonly body: string | null;
}

/** What the server's router takes for a `:name` of a path. Dots would be resolved and lead to another route. */
const segmentPattern = /^[A-Za-z0-9-]{1,64}$/;

/** Lays an input out: the names of the path into the path, the rest into the address (GET) or the body. */
export function toRequest(target: CallTarget, input: object = {}): RequestParts {
  const [method = "", pattern = ""] = target.route.split(" ");
  const rest: Record<string, unknown> = { ...input };
  const path = pattern.replaceAll(/:(\w+)/g, (_match, name: string) => {
    const value = rest[name];
    delete rest[name];
    if (typeof value !== "string" || !segmentPattern.test(value)) throw impossibleName(target, name);
    return value;
  });
  if (method === "GET") return { method, path: path + toQuery(rest), body: null };
  // Routes without input take an empty object as well; but what stands between may refuse a DELETE with a body.
  const bodiless = method === "DELETE" && Object.keys(rest).length === 0;
  return { method, path, body: bodiless ? null : JSON.stringify(rest) };
}

function toQuery(values: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null) query.set(name, String(value as string | number | boolean));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

function impossibleName({ name: call }: CallTarget, name: string): AuthClientError {
  const message = "must be 1 to 64 letters, digits or dashes";
  return new AuthClientError("invalid_input", {
    message: `${call} was not sent: ${name} ${message}, as the server gives them.`,
    data: { issues: [{ path: name, message }] },
  });
}
