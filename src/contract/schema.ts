/**
 * What describes and checks a value: any Standard Schema (https://standardschema.dev, version 1), which zod,
 * valibot and arktype schemas are. Ours are zod; a module's may come from elsewhere.
 */
export interface Schema<Value = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Value> | Promise<SchemaResult<Value>>;
    readonly types?: { readonly input: unknown; readonly output: Value } | undefined;
    /** What it looks like to others (https://standardschema.dev/json-schema), for the description of the API. */
    readonly jsonSchema?: JsonSchemaConverter | undefined;
  };
}

export interface JsonSchemaConverter {
  readonly input: (options: JsonSchemaOptions) => Record<string, unknown>;
  readonly output: (options: JsonSchemaOptions) => Record<string, unknown>;
}

/** `target` names a dialect of JSON Schema; the description asks for `draft-2020-12`. */
export interface JsonSchemaOptions {
  readonly target: string;
}

export type SchemaResult<Value> =
  { readonly value: Value; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
