import { connect, createServer } from "node:net";

const SYNC = 0x53; // "S": the end of an extended-protocol request; the server answers now
const SIMPLE_QUERY = 0x51; // "Q"
const PARSE = 0x50; // "P"

/**
 * A TCP proxy before a PostgreSQL server that counts round trips: every message after which a client waits for the
 * server (Sync, or a simple Query). Start-up and authentication are not counted.
 *
 * @param {{ port: number }} server
 * @param {{ beforeRoundTrip?: (count: number) => unknown }} [options] Called before each is sent on; if it gives
 *   "cut", the server never sees it, and its connection is gone.
 * @returns {Promise<WireProxy>}
 *
 * @typedef {object} WireProxy
 * @property {(url: string) => string} through The same database, reached through the proxy.
 * @property {(work: () => Promise<unknown>) => Promise<{ roundTrips: number, texts: string[] }>} count
 *   Round trips made while `work` runs, and the statements that were sent as text.
 * @property {() => Promise<void>} close
 */
export async function startWireProxy(server, { beforeRoundTrip = () => {} } = {}) {
  const seen = { roundTrips: 0, texts: [] };
  const sockets = new Set();
  const listener = createServer((client) => {
    const upstream = connect(server.port, "127.0.0.1");
    let cut = false;
    const read = readMessages((type, body) => {
      if (type === SYNC || type === SIMPLE_QUERY) {
        seen.roundTrips += 1;
        cut ||= beforeRoundTrip(seen.roundTrips) === "cut";
      }
      if (type === SIMPLE_QUERY) seen.texts.push(cString(body, 0));
      if (type === PARSE) seen.texts.push(cString(body, body.indexOf(0) + 1));
    });
    client.on("data", (chunk) => {
      read(chunk);
      if (cut) upstream.destroy();
      else upstream.write(chunk);
    });
    upstream.pipe(client);
    client.on("end", () => upstream.end());
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true).on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
  });
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address();

  return {
    through(url) {
      const proxied = new URL(url);
      proxied.port = String(port);
      return proxied.href;
    },
    async count(work) {
      const before = seen.roundTrips;
      seen.texts = [];
      await work();
      return { roundTrips: seen.roundTrips - before, texts: seen.texts };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/**
 * Cuts a client's byte stream into protocol messages. The first one (start-up) has no type byte.
 *
 * @param {(type: number, body: Buffer) => void} onMessage
 */
function readMessages(onMessage) {
  let pending = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const header = started ? 1 : 0;
      if (pending.length < header + 4) return;
      const length = header + pending.readInt32BE(header);
      if (pending.length < length) return;
      if (started) onMessage(pending[0], pending.subarray(5, length));
      started = true;
      pending = pending.subarray(length);
    }
  };
}

function cString(buffer, from) {
  return buffer.toString("utf8", from, buffer.indexOf(0, from));
}
