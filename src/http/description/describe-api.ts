import type { HttpSettings } from "../http-settings.ts";
import { loadRoutes, type RouteParts } from "../routes/load-routes.ts";
import { Components } from "./components.ts";
import type { JsonSchema } from "./json-schema.ts";
import { describeOperation, tagOf, templateOf, type OpenApiOperation } from "./operation.ts";

export interface OpenApiOptions {
  /** Default `"Authentication"`. */
  readonly title?: string | undefined;
  /** Of the application's API; default `"1"`. */
  readonly version?: string | undefined;
  /** Where the routes are. Default `baseUrl` and `basePath` of `createAuth`; the path alone without a `baseUrl`. */
  readonly serverUrl?: string | undefined;
}

/** An OpenAPI 3.1 document: plain data, ready for `JSON.stringify`. */
export interface OpenApiDocument {
  readonly openapi: "3.1.1";
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  /** By path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly responses: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

/** Describes the routes as they are served, from the same contracts that check their input. */
export async function describeApi(parts: RouteParts, options: OpenApiOptions = {}): Promise<OpenApiDocument> {
  const { settings, modules } = parts;
  const routes = await loadRoutes(parts);
  const components = new Components();
  const failure = {
    description: "A failure, with a code to branch on",
    content: { "application/problem+json": { schema: components.add("Problem", problemSchema) } },
  };
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const route of routes) {
    const operation = describeOperation(route, { components, errorStatuses: modules?.errorStatuses });
    (paths[templateOf(route.path)] ??= {})[route.method.toLowerCase()] = operation;
  }
  const { title = "Authentication", version = "1", serverUrl = serverOf(settings) } = options;
  return {
    openapi: "3.1.1",
    info: { title, version },
    servers: [{ url: serverUrl }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: components.all(),
      responses: { Failure: failure },
      securitySchemes: {
        cookie: { type: "apiKey", in: "cookie", name: settings.cookies.sessionName },
        bearer: { type: "http", scheme: "bearer" },
      },
    },
  };
}

function serverOf({ origins, basePath }: HttpSettings): string {
  return `${origins.ownOrigin ?? ""}${basePath}` || "/";
}

/** RFC 9457, with the code; some codes bring more. */
const problemSchema: JsonSchema = {
  type: "object",
  properties: {
    type: { type: "string", description: "urn:wispy-auth:error:<code>" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string" },
    detail: { type: "string" },
    issues: {
      type: "array",
      description: "Of invalid_input: what is wrong where",
      items: {
        type: "object",
        properties: { path: { type: "string" }, message: { type: "string" } },
        required: ["path", "message"],
      },
    },
    reason: { type: "string", description: "Of password_rejected" },
    retryAfterSeconds: { type: "number", description: "Of too_many_requests and overloaded" },
  },
  required: ["type", "title", "status", "code"],
};
