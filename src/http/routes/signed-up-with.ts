import type { Schema } from "../../contract/schema.ts";
import { toJsonSchema } from "../description/json-schema.ts";
import { heldUpShape, newSessionShape, signedInShape, type SignedInBody } from "./shapes.ts";

/** What a sign-up answers where modules answer too, each under its name. */
export function signedUpWith(modules: readonly string[]): Schema<SignedInBody> {
  const describe = (): Record<string, unknown> => {
    const { $defs: shared, properties, ...session } = toJsonSchema(newSessionShape, "output");
    const { $defs: others, ...heldUp } = toJsonSchema(heldUpShape, "output");
    const answers = modules.map((module) => [
      module,
      { description: `What ${module} answered; null if it took no part` },
    ]);
    const signedUp = {
      ...session,
      properties: { ...(properties as object), ...Object.fromEntries(answers) },
    };
    return { anyOf: [signedUp, heldUp], $defs: { ...(shared as object), ...(others as object) } };
  };
  return {
    "~standard": {
      ...signedInShape["~standard"],
      vendor: "wispy-auth",
      validate(value) {
        const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
        const own = entries.filter(([name]) => !modules.includes(name));
        return signedInShape["~standard"].validate(Object.fromEntries(own));
      },
      jsonSchema: { input: describe, output: describe },
    },
  };
}
