import type { Route } from "../contract/route.ts";
import type { Schema } from "../contract/schema.ts";
import type { ModuleErrorStatuses } from "./answers/error-status.ts";

/** What modules add to the sign-up route. */
export interface SignUpExtension {
  /** Fields of the input besides the core's; the sign-up itself checks them. */
  readonly fields: Readonly<Record<string, Schema>>;
  /** The modules that answer, each under its name. */
  readonly answers: readonly string[];
}

/** What modules add to the HTTP face. */
export interface HttpModules {
  readonly signUp: SignUpExtension;
  readonly errorStatuses: ModuleErrorStatuses;
  /** More routes, under the same base path and the same rules. */
  routes(): Promise<readonly Route[]>;
}
