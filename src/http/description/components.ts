import type { JsonSchema } from "./json-schema.ts";

const local = "#/$defs/";
const shared = "#/components/schemas/";

/** The schemas that operations refer to by name. */
export class Components {
  readonly #schemas = new Map<string, JsonSchema>();

  /** A schema whose definitions stand among the components; a name that stands for something else already gets a number. */
  lift({ $defs, ...schema }: JsonSchema): JsonSchema {
    const names = new Map<string, string>();
    const definitions = Object.entries(($defs ?? {}) as Record<string, JsonSchema>);
    for (const [name, definition] of definitions) names.set(name, this.#nameFor(name, definition));
    const lifted = (value: JsonSchema): JsonSchema => renamed(value, names) as JsonSchema;
    for (const [name, definition] of definitions) this.#schemas.set(names.get(name)!, lifted(definition));
    return lifted(schema);
  }

  /** Makes a schema a component of its own, and gives the reference to it. */
  add(name: string, schema: JsonSchema): JsonSchema {
    return this.lift({ $ref: `${local}${name}`, $defs: { [name]: schema } });
  }

  /** In the order of their names. */
  all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#schemas].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  #nameFor(name: string, definition: JsonSchema): string {
    const text = JSON.stringify(renamed(definition, new Map()));
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${name}${String(number)}`;
      const known = this.#schemas.get(candidate);
      if (known === undefined || JSON.stringify(known) === text) return candidate;
    }
  }
}

function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key !== "$ref" || typeof inner !== "string" || !inner.startsWith(local)) {
        return [key, renamed(inner, names)];
      }
      const name = inner.slice(local.length);
      return [key, shared + (names.get(name) ?? name)];
    }),
  );
}
