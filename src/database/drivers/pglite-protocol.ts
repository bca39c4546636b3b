import type { DriverQuery, DriverResult } from "./driver.ts";

/** The parts of a message from the server that are used. */
interface ServerMessage {
  readonly name: string;
  /** Of a `dataRow`: the cells as text. */
  readonly fields?: readonly (string | null)[];
  /** Of a `commandComplete`: the tag, such as `UPDATE 3`. */
  readonly text?: string;
}

/** What speaks the protocol of PostgreSQL. */
export interface ProtocolSpeaker {
  execProtocol(
    message: Uint8Array,
    options: { readonly syncToFs: boolean },
  ): Promise<{ readonly messages: readonly ServerMessage[] }>;
}

const sync = frame("S", Buffer.alloc(0));
const execute = frame("E", Buffer.alloc(5));

/**
 * Sends one statement by the extended protocol and reads its rows as text, past the application's parsers and
 * serializers. `durable` has what the statement changed written out.
 */
export async function askByProtocol(
  speaker: ProtocolSpeaker,
  { text, values }: DriverQuery,
  { durable }: { readonly durable: boolean },
): Promise<DriverResult> {
  const request = Buffer.concat([
    frame("P", Buffer.concat([zeroEnded(""), zeroEnded(text), int16(0)])),
    frame(
      "B",
      Buffer.concat([
        zeroEnded(""),
        zeroEnded(""),
        int16(0),
        int16(values.length),
        ...values.map(parameter),
        int16(0),
      ]),
    ),
    execute,
    sync,
  ]);
  const { messages } = await speaker.execProtocol(request, { syncToFs: durable });
  const tag = messages.find(({ name }) => name === "commandComplete")?.text ?? "";
  const [command = "", ...counts] = tag.split(" ");
  return {
    rows: messages.flatMap(({ name, fields }) =>
      name === "dataRow" && fields !== undefined ? [fields] : [],
    ),
    rowCount: Number(counts.at(-1) ?? 0),
    command,
  };
}

/** A value as PostgreSQL reads it. */
export function written(value: unknown): string {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : String(value);
}

function parameter(value: unknown): Buffer {
  if (value === null) return int32(-1);
  const bytes = Buffer.from(written(value));
  return Buffer.concat([int32(bytes.length), bytes]);
}

function frame(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function zeroEnded(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
