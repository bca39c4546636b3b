import type { Credential, RouteContract } from "../../contract/route.ts";
import type { AnyErrorCode } from "../../errors.ts";
import { errorStatus, publicCode, type ModuleErrorStatuses } from "../answers/error-status.ts";
import { parameterPattern } from "../routes/router.ts";
import { signedInShape } from "../routes/shapes.ts";
import type { Components } from "./components.ts";
import { toJsonSchema, type JsonSchema } from "./json-schema.ts";

/** One operation of the document. */
export type OpenApiOperation = Readonly<Record<string, unknown>> & {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
};

interface Surroundings {
  readonly components: Components;
  readonly errorStatuses: ModuleErrorStatuses | undefined;
}

/** Of the routes that belong to no module. */
export const coreTag = "account";

export function tagOf({ id }: RouteContract): string {
  return id.includes(".") ? id.split(".", 1)[0]! : coreTag;
}

/** A route as an operation: what it takes, what it answers, and each failure that is its own. */
export function describeOperation(route: RouteContract, surroundings: Surroundings): OpenApiOperation {
  const parameters = [...pathParameters(route), ...queryParameters(route, surroundings)];
  const body = requestBody(route, surroundings);
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [tagOf(route)],
    security: security[route.credential],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && { requestBody: body }),
    responses: { ...success(route, surroundings), ...failures(route, surroundings) },
  };
}

const either = [{ cookie: [] }, { bearer: [] }];
const security: Readonly<Record<Credential, readonly object[]>> = {
  none: [],
  optional: [{}, ...either],
  token: either,
  session: either,
};

/** `/sessions/:id` as OpenAPI writes it. */
export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, "{$1}");
}

function pathParameters({ path }: RouteContract): readonly object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", pattern: parameterPattern.source },
  }));
}

function queryParameters({ query }: RouteContract, { components }: Surroundings): readonly object[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = components.lift(toJsonSchema(query, "input")) as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

function requestBody(route: RouteContract, { components }: Surroundings): object | null {
  const { input, crossSiteForm } = route;
  if (crossSiteForm === true) {
    return { content: { "application/x-www-form-urlencoded": { schema: { type: "object" } } } };
  }
  if (input === null) return null;
  const schema = components.lift(toJsonSchema(input, "input"));
  return { required: true, content: { "application/json": { schema } } };
}

function success({ status, output }: RouteContract, { components }: Surroundings): Record<string, object> {
  if (status === 303) {
    const location = { description: "Where the browser goes on", schema: { type: "string" } };
    return { "303": { description: "Sends the browser on", headers: { Location: location } } };
  }
  if (output === null) return { [status]: { description: "Done" } };
  const shape = output === "signedIn" ? signedInShape : output;
  const schema = components.lift(toJsonSchema(shape, "output"));
  return { [status]: { description: "Done", content: { "application/json": { schema } } } };
}

/** What every route of a kind can answer, besides its own failures. */
function commonErrors({ method, input, crossSiteForm }: RouteContract): readonly AnyErrorCode[] {
  const body = ["unsupported_media_type", "payload_too_large", "request_timeout"] as const;
  if (crossSiteForm === true) return ["invalid_input", ...body];
  if (method === "GET") return [];
  return ["origin_refused", "invalid_input", ...(input === null ? [] : body)];
}

function failures(route: RouteContract, { errorStatuses }: Surroundings): Record<string, object> {
  const codes = [...route.errors, ...commonErrors(route)].map((code) => publicCode(code, errorStatuses));
  const byStatus = new Map<number, Set<AnyErrorCode>>();
  for (const code of codes) {
    const { status } = errorStatus(code, errorStatuses);
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  }
  const own = [...byStatus].map(([status, some]) => [status, problem([...some].toSorted())] as const);
  return { ...Object.fromEntries(own), default: { $ref: "#/components/responses/Failure" } };
}

function problem(codes: readonly AnyErrorCode[]): object {
  const schema = {
    allOf: [
      { $ref: "#/components/schemas/Problem" },
      { type: "object", properties: { code: { enum: codes } } },
    ],
  };
  return { description: codes.join(", "), content: { "application/problem+json": { schema } } };
}
