import { AuthError } from "../../errors.ts";

/** Calls `expire` after that many milliseconds unless the returned function is called first. Injected by tests. */
export type StartTimer = (milliseconds: number, expire: () => void) => () => void;

export const systemTimer: StartTimer = (milliseconds, expire) => {
  const timer = setTimeout(expire, milliseconds);
  return () => clearTimeout(timer);
};

export interface BodyLimits {
  readonly maxBytes: number;
  /** For the whole body, so that a client which drips bytes is cut too. */
  readonly timeoutMilliseconds: number;
  readonly startTimer: StartTimer;
}

/**
 * Reads a request's body as a stream and stops at the first byte too many, whatever Content-Length says.
 * An absent body is an empty array.
 *
 * Throws `payload_too_large`, `request_timeout`, `invalid_input` when the client leaves half-way, and
 * `configuration_invalid` when something before the handler has read the body already.
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  if (request.bodyUsed) throw alreadyRead();
  if (Number(request.headers.get("content-length") ?? 0) > limits.maxBytes) throw tooLarge(limits.maxBytes);
  if (request.body === null) return new Uint8Array(0);
  if (request.body.locked) throw alreadyRead();
  const reader = request.body.getReader();
  let stopTimer = (): void => {};
  const expired = new Promise<never>((_resolve, reject) => {
    stopTimer = limits.startTimer(limits.timeoutMilliseconds, () => reject(tooSlow()));
  });
  try {
    return await collect(reader, expired, limits.maxBytes);
  } catch (error) {
    void reader.cancel().catch(() => {});
    throw error instanceof AuthError ? error : brokenOff(error);
  } finally {
    stopTimer();
  }
}

async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  expired: Promise<never>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await Promise.race([reader.read(), expired]);
    if (done) return Buffer.concat(chunks);
    length += value.byteLength;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(value);
  }
}

function tooLarge(maxBytes: number): AuthError {
  return new AuthError("payload_too_large", { message: `A request body is at most ${maxBytes} bytes.` });
}

function tooSlow(): AuthError {
  return new AuthError("request_timeout", { message: "The request body took too long to arrive." });
}

function brokenOff(cause: unknown): AuthError {
  const issues = [{ path: "", message: "the body ended before it was complete" }];
  return new AuthError("invalid_input", {
    message: "The request body is incomplete.",
    data: { issues },
    cause,
  });
}

function alreadyRead(): AuthError {
  return new AuthError("configuration_invalid", {
    message: "The request body was read before the handler got it; hand over the untouched Request.",
  });
}
