import * as z from "zod/mini";
import { boundedText, strictInput, tokenDelivery } from "../../../contract/route-input.ts";

const code = boundedText(100);
const method = z.enum(["totp", "email", "recoveryCode"], 'must be "totp", "email" or "recoveryCode"');

export const answerInput = strictInput({
  method,
  code,
  /** Where no cookie holds it. */
  token: z.optional(boundedText(100)),
  trustDevice: z.optional(z.boolean("must be true or false")),
  tokenDelivery: z.optional(tokenDelivery),
});

export const sendCodeInput = strictInput({ token: z.optional(boundedText(100)) });

export const confirmInput = strictInput({ code });

export const proofInput = strictInput({ method, code });

export const statusShape = z.strictObject({
  enabled: z.boolean(),
  factors: z.array(z.enum(["totp", "email"])),
  recoveryCodesLeft: z.number(),
});

export const offerShape = z.strictObject({ secret: z.string(), uri: z.string() });

export const changeShape = z.strictObject({ recoveryCodes: z.nullable(z.array(z.string())) });

export const codesShape = z.strictObject({ recoveryCodes: z.array(z.string()) });

export const forgottenShape = z.strictObject({ forgotten: z.number() });
