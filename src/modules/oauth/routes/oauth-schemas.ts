import * as z from "zod/mini";
import { boundedText, strictInput } from "../../../contract/route-input.ts";

const timestamp = z.iso.datetime();

const target = boundedText(2000);

export const startInput = strictInput({
  redirectTo: z.optional(target),
  signUpFields: z.optional(z.record(z.string(), z.unknown(), "must be an object")),
});

export const linkInput = strictInput({ redirectTo: z.optional(target) });

export const startedShape = z.strictObject({ url: z.string() });

export const accountsShape = z.strictObject({
  accounts: z.array(
    z.strictObject({
      id: z.uuid(),
      provider: z.string(),
      email: z.nullable(z.string()),
      linkedAt: timestamp,
    }),
  ),
});
