import { testBaseUrl } from "../../../support/create-test-auth.ts";

/** A request as it is written down: `<own>` and the like in path, headers and body are made out when it is sent. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  /** Who sends it, by a bearer token. Default: the owner of `<own>`. */
  readonly by?: "owner" | "collector" | "ended" | "nobody" | undefined;
}

/** A request that is refused, and how. */
export interface BadRequest extends SentRequest {
  readonly name: string;
  /** Sent to an application where nobody signs up without a code, or chooses one. */
  readonly strict?: boolean;
  readonly status: number;
  readonly code: string;
}

/** A route that takes a body: one that it accepts, and the text field in it that is spoilt. */
export interface BodyRoute {
  readonly method: string;
  readonly path: string;
  readonly good: Readonly<Record<string, unknown>>;
  readonly leaf: string;
  readonly session: boolean;
}

export const bodyRoutes = {
  createCode: { method: "POST", path: "/referrals/codes", good: {}, leaf: "code", session: true },
  updateCode: {
    method: "PATCH",
    path: "/referrals/codes/<own>",
    good: { paused: true },
    leaf: "expiresAt",
    session: true,
  },
  checkCode: {
    method: "POST",
    path: "/referrals/check",
    good: { code: "<code>" },
    leaf: "code",
    session: false,
  },
  followLink: {
    method: "POST",
    path: "/referrals/follow",
    good: { code: "<code>" },
    leaf: "code",
    session: false,
  },
  setProfile: {
    method: "PUT",
    path: "/referrals/profile",
    good: { displayName: "Ada", listed: true },
    leaf: "displayName",
    session: true,
  },
  signUp: {
    method: "POST",
    path: "/sign-up",
    good: { email: "<new>", password: "correct horse battery staple" },
    leaf: "referralCode",
    session: false,
  },
} as const satisfies Readonly<Record<string, BodyRoute>>;

export const invalid = { status: 400, code: "invalid_input" } as const;
export const missing = { status: 404, code: "not_found" } as const;

/** Refused because of one field's value, given as JSON. */
export function badField(
  { method, path, good }: BodyRoute,
  { field, json, ...answer }: { readonly field: string; readonly json: string } & Answer,
): BadRequest {
  const body = JSON.stringify({ ...good, [field]: "@@" }).replace('"@@"', () => json);
  return { name: `${method} ${path}: ${field} ${shorten(json)}`, method, path, body, ...answer };
}

export type Answer = Pick<BadRequest, "status" | "code" | "by" | "strict">;

function shorten(text: string): string {
  return text.length <= 50 ? text : `${text.slice(0, 24)}… of ${String(text.length)} characters`;
}

/** The request, with its placeholders made out. */
export function toRequest(
  { method, path, headers = {}, body, by = "owner" }: SentRequest,
  values: Readonly<Record<string, string>>,
): Request {
  const fill = (text: string): string =>
    text.replaceAll(/<(\w+)>/g, (all, name: string) => values[name] ?? all);
  const sent = new Headers(by === "nobody" ? {} : { authorization: `Bearer ${values[by] ?? ""}` });
  if (body !== undefined) sent.set("content-type", "application/json");
  for (const [name, value] of Object.entries(headers)) {
    // A header given as "" is left out.
    if (value === "") sent.delete(name);
    else sent.set(name, fill(value));
  }
  return new Request(`${testBaseUrl}/auth${fill(path)}`, {
    method,
    headers: sent,
    body: body === undefined ? null : typeof body === "string" ? fill(body) : body,
  });
}
