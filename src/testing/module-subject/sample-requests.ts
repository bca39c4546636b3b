import type { Route } from "../../contract/route.ts";
import { send, type Answer, type HttpRequest } from "./http-requests.ts";
import type { MalformedRequest } from "./malformed-requests.ts";
import type { ModuleSubject, NewUser } from "./module-subject.ts";

const formType = "application/x-www-form-urlencoded";

/** The module's routes. They are loaded with the first request. */
export async function loadRoutes({ auth, watch }: ModuleSubject): Promise<readonly Route[]> {
  await send(auth, { method: "GET", path: "/auth/session" });
  return watch.routes;
}

/** Sends the sample of a route, as its caller. */
export async function sendSample(
  subject: ModuleSubject,
  { routeId, caller }: { readonly routeId: string; readonly caller: NewUser },
): Promise<Answer> {
  const route = (await loadRoutes(subject)).find(({ id }) => id === routeId);
  if (route === undefined)
    throw new Error(`There is a sample of a request for ${routeId}, which is no route`);
  const sample = (await subject.samples.requests?.[routeId]?.(caller)) ?? {};
  return send(subject.auth, toRequest(route, { sample, token: caller.token }));
}

/**
 * A request for a route. The sample's body goes out as JSON, where none is given that goes out as it is; the
 * parameters of a form from another site are its body.
 */
export function toRequest(
  { method, path, input, credential, crossSiteForm = false }: Route,
  { sample, token, ...given }: MalformedRequest & { readonly token?: string },
): HttpRequest {
  const { params = {}, query = {} } = sample;
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? "unknown");
  const search = new URLSearchParams(query).toString();
  if (crossSiteForm) return { method, path: `/auth${filled}`, body: search, contentType: formType, ...given };
  const json = input === null ? undefined : JSON.stringify(sample.body ?? {});
  return {
    method,
    path: `/auth${filled}${search === "" ? "" : `?${search}`}`,
    ...(token !== undefined && credential !== "none" && { token }),
    ...(json !== undefined && { body: json }),
    ...given,
  };
}
