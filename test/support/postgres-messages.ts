/** One message of the PostgreSQL protocol, version 3 (https://www.postgresql.org/docs/18/protocol-message-formats.html). */
export interface PostgresMessage {
  /** Its type letter; "" for the first message of a connection, which has none. */
  readonly type: string;
  /** The whole message as it is on the wire. */
  readonly bytes: Buffer;
  /** What follows the type letter and the length. */
  readonly body: Buffer;
}

/** Cuts one direction of a connection into messages. */
export class PostgresMessageReader {
  #rest: Buffer = Buffer.alloc(0);
  #typed: boolean;

  /** `startup`: the first message comes without a type letter, as a client's does. */
  constructor(startup: boolean) {
    this.#typed = !startup;
  }

  /** The messages completed by this chunk. */
  push(chunk: Buffer): PostgresMessage[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: PostgresMessage[] = [];
    for (let message = this.#take(); message !== null; message = this.#take()) messages.push(message);
    return messages;
  }

  #take(): PostgresMessage | null {
    const lengthAt = this.#typed ? 1 : 0;
    if (this.#rest.length < lengthAt + 4) return null;
    const size = lengthAt + this.#rest.readUInt32BE(lengthAt);
    if (this.#rest.length < size) return null;
    const bytes = this.#rest.subarray(0, size);
    const type = this.#typed ? String.fromCharCode(bytes[0]!) : "";
    this.#rest = this.#rest.subarray(size);
    this.#typed = true;
    return { type, bytes, body: bytes.subarray(lengthAt + 4) };
  }
}

/** What a client asked for, for tests to look at. */
export interface FrontendRequest {
  /** `query`: simple; `parse` and `execute`: the extended protocol's (an `execute` is seen at its Bind). */
  readonly kind: "query" | "parse" | "execute";
  /** The SQL. For an `execute` of a statement parsed before the proxy saw it: "". */
  readonly text: string;
  /** The statement's name; "" when unnamed or simple. */
  readonly name: string;
}

/** Names what a frontend message asks for; `names` remembers this connection's statements. */
export function readFrontendRequest(
  message: PostgresMessage,
  names: Map<string, string>,
): FrontendRequest | null {
  const [first = "", second = ""] = message.body.toString("utf8").split("\0", 2);
  if (message.type === "Q") return { kind: "query", text: first, name: "" };
  if (message.type === "P") {
    names.set(first, second);
    return { kind: "parse", text: second, name: first };
  }
  if (message.type === "B") return { kind: "execute", text: names.get(second) ?? "", name: second };
  return null;
}
