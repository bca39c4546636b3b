import type { Route } from "../../contract/route.ts";
import { AuthError } from "../../errors.ts";
import type { HttpModules } from "../http-modules.ts";
import type { HttpOperations } from "../http-operations.ts";
import type { HttpSettings } from "../http-settings.ts";

/** What the routes are made from. */
export interface RouteParts {
  readonly operations: HttpOperations;
  readonly settings: HttpSettings;
  readonly modules?: HttpModules | undefined;
}

/**
 * The routes that are served, the core's first. Loaded when they are needed: their schemas need zod, which takes as long
 * to import as everything else together, and programs that only call the library never need it.
 *
 * @throws AuthError `configuration_invalid` where `disabledRoutes` names a route that is none
 */
export async function loadRoutes({ operations, settings, modules }: RouteParts): Promise<readonly Route[]> {
  const { createCoreRoutes } = await import("./core-routes.ts");
  const { disabledRoutes } = settings;
  const routes = [...createCoreRoutes(operations, modules?.signUp), ...((await modules?.routes()) ?? [])];
  for (const id of disabledRoutes) {
    // A misspelt id would leave the route open that was meant to be closed.
    if (!routes.some((route) => route.id === id)) throw unknownRoute(id);
  }
  return routes.filter((route) => !disabledRoutes.has(route.id));
}

function unknownRoute(id: string): AuthError {
  return new AuthError("configuration_invalid", {
    message: `disabledRoutes names ${id}, which is no route.`,
  });
}
