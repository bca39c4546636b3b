import { codeOfStep, stepAt } from "../../../src/modules/two-factor/totp.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an authenticator application shows for a secret in base 32, so many steps of 30 seconds from now. */
export function codeAt(secret: string, steps: number): string {
  const bits = [...secret].map((one) => alphabet.indexOf(one).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2));
  return codeOfStep(Uint8Array.from(bytes), stepAt(new Date()) + steps);
}
