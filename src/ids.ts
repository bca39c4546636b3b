import { randomFillSync } from "node:crypto";

/** Fills the array with bytes of a cryptographically secure generator. Injected once; see `AuthOptions.random`. */
export type RandomSource = (bytes: Uint8Array) => void;

export const systemRandom: RandomSource = (bytes) => {
  randomFillSync(bytes);
};

/**
 * `node:crypto`, asked for 4 KiB at a time: a sign-in draws five small pieces, and each call costs more than its
 * bytes. What was handed out is wiped.
 */
export function pooledRandom(source: RandomSource = systemRandom): RandomSource {
  const reserve = new Uint8Array(4096);
  let used = reserve.length;
  return (bytes) => {
    if (bytes.length > reserve.length) return source(bytes);
    if (used + bytes.length > reserve.length) {
      source(reserve);
      used = 0;
    }
    const piece = reserve.subarray(used, used + bytes.length);
    bytes.set(piece);
    piece.fill(0);
    used += bytes.length;
  };
}

/** Makes a row id from the current time and the random source. */
export type IdSource = (now: Date) => string;

/**
 * A UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, 74 random bits. Ids of one table arrive
 * in time order, so inserts stay at the right edge of the index.
 */
export function uuidv7(now: Date, random: RandomSource): string {
  const bytes = new Uint8Array(16);
  random(bytes);
  const view = Buffer.from(bytes.buffer);
  view.writeUIntBE(now.getTime(), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = view.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The smallest UUIDv7 of a moment: below it are the rows made before. Ids know no time before 1970. */
export function firstIdOf(moment: Date): string {
  return uuidv7(new Date(Math.max(0, moment.getTime())), (bytes) => void bytes.fill(0));
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * True for a lower-case UUID in its canonical form: what may be sent to a `uuid` parameter without an error, and means
 * the same on both databases. PostgreSQL would find any other spelling too, SQLite would not.
 */
export function isUuid(value: unknown): value is string {
  return typeof value === "string" && uuidPattern.test(value);
}

/**
 * An {@link IdSource} whose ids ascend even within one millisecond (RFC 9562 section 6.2, method 1: the 12 bits
 * after the version count up from a random start), so that the events of one process sort as they happened.
 */
export function createIdSource(random: RandomSource): IdSource {
  let milliseconds = -1;
  let sequence = 0;
  return (now) => {
    const id = uuidv7(now, random);
    const again = now.getTime() === milliseconds;
    // The start leaves the upper half free; past its end the order is lost, the uniqueness is not.
    sequence = again ? Math.min(sequence + 1, 0xfff) : Number.parseInt(id.slice(15, 18), 16) >> 1;
    milliseconds = now.getTime();
    return id.slice(0, 15) + sequence.toString(16).padStart(3, "0") + id.slice(18);
  };
}
