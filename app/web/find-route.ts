import type { Route, Routes } from "./visit.ts";

export interface FoundRoute {
  readonly route: Route;
  /** What stood in the places of `:names`, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** The route for a method and path: the one that names it exactly, or else one with `:names` that fits. */
export function findRoute(routes: Routes, method: string, path: string): FoundRoute | null {
  const key = `${method} ${path}`;
  if (Object.hasOwn(routes, key)) return { route: routes[key]!, params: {} };
  for (const [pattern, route] of Object.entries(routes)) {
    const params = matchPattern(pattern, key);
    if (params !== null) return { route, params };
  }
  return null;
}

function matchPattern(pattern: string, key: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split("/"), key.split("/")];
  if (!pattern.includes("/:") || wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, segment] of wanted.entries()) {
    const value = segment.startsWith(":") ? decodeSegment(given[i]!) : null;
    if (value !== null && value !== "") params[segment.slice(1)] = value;
    else if (segment !== given[i]) return null;
  }
  return params;
}

/** Null for what is no percent-encoded UTF-8. */
function decodeSegment(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
