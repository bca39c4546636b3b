import type { Route } from "../../contract/route.ts";

/** What a path leads to: the routes of each method, and the values of its `:name` segments. */
export interface PathMatch {
  readonly routes: ReadonlyMap<string, Route>;
  readonly params: Readonly<Record<string, string>>;
}

export type Router = (path: string) => PathMatch | null;

interface Pattern {
  readonly segments: readonly string[];
  readonly routes: Map<string, Route>;
}

/** What stands for a `:name` segment. */
export const parameterPattern = /^[A-Za-z0-9-]{1,64}$/;

/**
 * Finds routes by the exact spelling of their path. Nothing is decoded, folded or trimmed: a second spelling
 * of a route would have a limiter bucket and an access rule of its own.
 */
export function createRouter(routes: readonly Route[], basePath: string): Router {
  const exact = new Map<string, Map<string, Route>>();
  const patterns = new Map<string, Pattern>();
  for (const route of routes) {
    const path = basePath + route.path;
    const isPattern = route.path.includes("/:");
    const known = isPattern ? patterns.get(path)?.routes : exact.get(path);
    const methods = known ?? new Map<string, Route>();
    methods.set(route.method, route);
    if (isPattern) patterns.set(path, { segments: path.split("/"), routes: methods });
    else exact.set(path, methods);
  }
  const all = [...patterns.values()];
  return (path) => {
    const found = exact.get(path);
    return found === undefined ? matchPatterns(all, path) : { routes: found, params: {} };
  };
}

function matchPatterns(patterns: readonly Pattern[], path: string): PathMatch | null {
  const segments = path.split("/");
  for (const pattern of patterns) {
    const params = matchSegments(pattern.segments, segments);
    if (params !== null) return { routes: pattern.routes, params };
  }
  return null;
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index]!;
    if (!expected.startsWith(":")) {
      if (expected !== actual) return null;
    } else {
      if (!parameterPattern.test(actual)) return null;
      params[expected.slice(1)] = actual;
    }
  }
  return params;
}
