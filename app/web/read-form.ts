import type { IncomingMessage } from "node:http";

import { Refusal } from "./refusal.ts";

/** Room for the longest note with every character percent-encoded. */
const maxBytes = 64 * 1024;

/** The fields of a form that was sent as browsers send it. Throws a `Refusal` for anything else. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) {
    throw new Refusal(415, "This page takes forms only.");
  }
  try {
    return new URLSearchParams(await readText(request));
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(400, "The form did not arrive whole.");
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Destroying the stream would destroy the socket, and with it the answer that says what was wrong.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new Refusal(413, "That was too much text for one form.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
