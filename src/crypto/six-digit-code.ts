import type { RandomSource } from "../ids.ts";

const codes = 1_000_000;
/** The largest whole multiple of it in 32 bits: numbers beyond would make the small codes likelier. */
const end = 2 ** 32 - (2 ** 32 % codes);

/** `048213`: each of a million codes as likely as every other. */
export function createSixDigitCode(random: RandomSource): string {
  const bytes = new Uint8Array(4);
  for (;;) {
    random(bytes);
    const number = new DataView(bytes.buffer).getUint32(0);
    if (number < end) return String(number % codes).padStart(6, "0");
  }
}
