import type { Schema } from "../../contract/schema.ts";
import { toJsonSchema, type JsonSchema } from "../description/json-schema.ts";

/** The input of a route with fields besides its own, which are passed on as they came. */
export type Extended<Input> = Input & { readonly extra: Readonly<Record<string, unknown>> };

/** Checks a route's own fields by its schema, and leaves the others to whoever reads them. */
export function extendInput<Input extends object>(
  schema: Schema<Input>,
  fields: Readonly<Record<string, Schema>>,
): Schema<Extended<Input>> {
  const own = schema["~standard"];
  const describe = (): Record<string, unknown> => describeFields(toJsonSchema(schema, "input"), fields);
  return {
    "~standard": {
      version: 1,
      vendor: "wispy-auth",
      async validate(value) {
        const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
        const entries = isObject ? Object.entries(value) : [];
        const isExtra = ([name]: readonly [string, unknown]): boolean => Object.hasOwn(fields, name);
        const rest = isObject ? Object.fromEntries(entries.filter((entry) => !isExtra(entry))) : value;
        const result = await own.validate(rest);
        if (result.issues !== undefined) return result;
        return { value: { ...result.value, extra: Object.fromEntries(entries.filter(isExtra)) } };
      },
      jsonSchema: { input: describe, output: describe },
    },
  };
}

function describeFields(
  { properties = {}, required = [], ...rest }: JsonSchema,
  fields: Readonly<Record<string, Schema>>,
): Record<string, unknown> {
  const entries = Object.entries(fields);
  const extra = entries.map(([name, schema]) => [name, toJsonSchema(schema, "input")] as const);
  const needed = entries.filter(([, schema]) => isRequired(schema)).map(([name]) => name);
  return {
    ...rest,
    properties: { ...(properties as object), ...Object.fromEntries(extra) },
    required: [...(required as readonly string[]), ...needed],
  };
}

/** By its own word: whether it refuses that there is nothing. */
function isRequired(schema: Schema): boolean {
  const result = schema["~standard"].validate(undefined);
  return !(result instanceof Promise) && result.issues !== undefined;
}
