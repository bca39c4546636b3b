import * as z from "zod/mini";
import { boundedText, strictInput, tokenDelivery } from "../../contract/route-input.ts";

const email = boundedText(320);
const password = boundedText(4096);
const deviceToken = boundedText(256);

export const signUpInput = strictInput({
  email,
  password,
  name: z.optional(z.nullable(boundedText(400))),
  tokenDelivery: z.optional(tokenDelivery),
});

export const signInInput = strictInput({
  email,
  password,
  tokenDelivery: z.optional(tokenDelivery),
  deviceToken: z.optional(deviceToken),
});

export const changePasswordInput = strictInput({ currentPassword: password, newPassword: password });

export const confirmPasswordInput = strictInput({ password });

export const deleteUserInput = strictInput({ password });
