import {
  createHandler,
  type HandlerOptions,
  type HttpFailure,
  type HttpHandler,
} from "../../../src/http/create-handler.ts";
import { type HttpOptions, parseHttpSettings } from "../../../src/http/http-settings.ts";
import { standInOperations } from "./stand-in-operations.ts";

export const siteOrigin = "https://app.example.com";

export interface TestHandler {
  readonly handler: HttpHandler;
  readonly operations: ReturnType<typeof standInOperations>;
  readonly failures: HttpFailure[];
}

/** A handler over the stand-in, at {@link siteOrigin} unless told otherwise. */
export function makeHandler(
  options: HttpOptions = { baseUrl: siteOrigin },
  parts: Partial<HandlerOptions> = {},
): TestHandler {
  const operations = standInOperations();
  const failures: HttpFailure[] = [];
  const handler = createHandler({
    operations,
    settings: parseHttpSettings(options, "test"),
    clock: { now: () => new Date("2026-01-01T00:00:00.000Z") },
    log: (failure) => failures.push(failure),
    ...parts,
  });
  return { handler, operations, failures };
}

/** A request to a route as the site's own page would send it. */
export function siteRequest(
  method: string,
  path: string,
  parts: { readonly body?: unknown; readonly headers?: Record<string, string | undefined> } = {},
): Request {
  const headers = new Headers({ origin: siteOrigin });
  if (parts.body !== undefined) headers.set("content-type", "application/json");
  for (const [name, value] of Object.entries(parts.headers ?? {})) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  const body = parts.body === undefined ? {} : { body: textOf(parts.body) };
  return new Request(`${siteOrigin}/auth${path}`, { method, headers, ...body });
}

function textOf(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

export const sessionCookie = "__Host-wispy-session";
export const deviceCookie = "__Host-wispy-device";

export const signUpBody = { email: "ada@example.com", password: "correct horse battery" };

/** One valid request of every route with a method other than GET, without credentials. */
export const unsafeRoutes: readonly { method: string; path: string; body?: unknown }[] = [
  { method: "POST", path: "/sign-up", body: signUpBody },
  { method: "POST", path: "/sign-in", body: signUpBody },
  { method: "POST", path: "/sign-out" },
  {
    method: "POST",
    path: "/password/change",
    body: { currentPassword: "correct horse battery", newPassword: "another horse battery" },
  },
  { method: "DELETE", path: "/sessions/01890000-0000-7000-8000-000000000002" },
  { method: "DELETE", path: "/sessions" },
  { method: "DELETE", path: "/user", body: { password: "correct horse battery" } },
];

export const inputRoutes = unsafeRoutes.filter((route) => route.body !== undefined);

export const safeRoutes = [
  { method: "GET", path: "/session" },
  { method: "GET", path: "/sessions" },
  { method: "GET", path: "/health" },
];
