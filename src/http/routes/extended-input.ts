import type { Schema } from "../../contract/schema.ts";

/** The input of a route with fields besides its own, which are passed on as they came. */
export type Extended<Input> = Input & { readonly extra: Readonly<Record<string, unknown>> };

/** Checks a route's own fields by its schema, and leaves the named others to whoever reads them. */
export function extendInput<Input extends object>(
  schema: Schema<Input>,
  names: readonly string[],
): Schema<Extended<Input>> {
  const own = schema["~standard"];
  return {
    "~standard": {
      version: 1,
      vendor: "wispy-auth",
      async validate(value) {
        const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
        const entries = isObject ? Object.entries(value) : [];
        const isExtra = ([name]: readonly [string, unknown]): boolean => names.includes(name);
        const rest = isObject ? Object.fromEntries(entries.filter((entry) => !isExtra(entry))) : value;
        const result = await own.validate(rest);
        if (result.issues !== undefined) return result;
        return { value: { ...result.value, extra: Object.fromEntries(entries.filter(isExtra)) } };
      },
    },
  };
}
