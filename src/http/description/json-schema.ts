import * as z from "zod/mini";
import type { Schema } from "../../contract/schema.ts";
import { shapeNames } from "../routes/shapes.ts";

/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const target = "draft-2020-12";

/**
 * What a schema asks of what comes in, or says of what goes out. Anything (`{}`) for one that does not tell: neither zod
 * 4 nor with a converter of its own.
 */
export function toJsonSchema(schema: Schema, side: "input" | "output"): JsonSchema {
  const { jsonSchema, vendor } = schema["~standard"];
  if (jsonSchema !== undefined) return withoutDialect(jsonSchema[side]({ target }));
  if (vendor !== "zod" || !("_zod" in schema)) return {};
  return withoutDialect(
    z.toJSONSchema(schema as unknown as z.core.$ZodType, {
      target,
      io: side,
      unrepresentable: "any",
      metadata: shapeNames,
      override: ({ jsonSchema: made }) => {
        // The format says it in a word.
        if (made.format !== undefined) delete made.pattern;
      },
    }),
  );
}

/** OpenAPI 3.1 names the dialect once, for the whole document. */
function withoutDialect(made: Record<string, unknown>): JsonSchema {
  const { $schema: _, ...schema } = made;
  return schema;
}
