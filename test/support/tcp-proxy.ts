import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "./free-port.ts";
import { PostgresMessageReader, readFrontendRequest, type FrontendRequest } from "./postgres-messages.ts";
import type { PostgresAddress } from "./postgres-server.ts";

/**
 * Stands between a PostgreSQL client and its server: counts what goes over the wire, and breaks it where a
 * test says. It takes the place of the server's address. Connections without TLS only.
 */
export interface TcpProxy extends PostgresAddress {
  /** How often clients sent something and had to wait for the answer; connecting is not counted. */
  roundTrips(): number;
  /** What clients asked for, in order, over all connections. */
  requests(): readonly FrontendRequest[];
  /** Forgets what was counted. */
  reset(): void;
  /** Connections open now. */
  connections(): number;
  /** Holds each chunk back for so long, in each direction. 0 ends it. */
  delay(milliseconds: number): void;
  /** Forwards nothing from now on, old connections included, without closing any. `false` ends it (what was swallowed is lost). */
  blackhole(on: boolean): void;
  /** Breaks all connections now. New ones are accepted. */
  cut(): void;
  /**
   * Breaks the connection on which the next request matching `text` comes, once: `forwarded` after the
   * server got it and before the client can see its answer, `held` before the server gets it.
   */
  cutAt(text: RegExp, when: "forwarded" | "held"): void;
  /** Refuses new connections and breaks the old ones; `false` ends it. */
  refuse(on: boolean): Promise<void>;
  stop(): Promise<void>;
}

interface Rules {
  delayMilliseconds: number;
  blackhole: boolean;
  cutAt: { readonly text: RegExp; readonly when: "forwarded" | "held" } | null;
}

interface Count {
  roundTrips: number;
  requests: FrontendRequest[];
}

export async function startTcpProxy(target: PostgresAddress): Promise<TcpProxy> {
  const rules: Rules = { delayMilliseconds: 0, blackhole: false, cutAt: null };
  const count: Count = { roundTrips: 0, requests: [] };
  const links = new Set<Link>();
  const server = createServer((client) => {
    const link = new Link(client, { target, rules, count });
    links.add(link);
    client.once("close", () => links.delete(link));
  });
  const cut = (): void => links.forEach((link) => link.break());
  const port = await findFreePort();
  await listen(server, port);
  const { host, user, password } = target;
  return {
    host,
    port,
    user,
    password,
    roundTrips: () => count.roundTrips,
    requests: () => count.requests,
    reset: () => void Object.assign(count, { roundTrips: 0, requests: [] }),
    connections: () => links.size,
    delay: (milliseconds) => void (rules.delayMilliseconds = milliseconds),
    blackhole: (on) => void (rules.blackhole = on),
    cut,
    cutAt: (text, when) => void (rules.cutAt = { text, when }),
    async refuse(on) {
      if (!on) return listen(server, port);
      cut();
      await close(server);
    },
    async stop() {
      cut();
      if (server.listening) await close(server);
    },
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => void server.once("error", reject).listen(port, "127.0.0.1", resolve));

const close = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));

/** One client's connection and the one to the server that belongs to it. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #rules: Rules;
  readonly #count: Count;
  readonly #names = new Map<string, string>();
  readonly #toServer = new PostgresMessageReader(true);
  readonly #toClient = new PostgresMessageReader(false);
  #unanswered = 0;
  #broken = false;

  constructor(
    client: Socket,
    link: { readonly target: PostgresAddress; readonly rules: Rules; readonly count: Count },
  ) {
    this.#client = client;
    this.#server = connect(link.target.port, link.target.host);
    this.#rules = link.rules;
    this.#count = link.count;
    this.#pump(client, (chunk) => this.#forward(chunk));
    this.#pump(this.#server, (chunk) => this.#answer(chunk));
  }

  break(): void {
    this.#broken = true;
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  /** Hands each chunk on in order, after the delay there is at that moment. */
  #pump(from: Socket, handOn: (chunk: Buffer) => void): void {
    let last = Promise.resolve();
    from.setNoDelay(true);
    from.on("error", () => undefined);
    from.on("data", (chunk) => {
      last = last.then(() => this.#afterDelay(() => handOn(chunk)));
    });
    from.on("close", () => {
      last = last.then(() => this.#afterDelay(() => this.#end()));
    });
  }

  async #afterDelay(act: () => void): Promise<void> {
    if (this.#rules.delayMilliseconds > 0) await sleep(this.#rules.delayMilliseconds);
    if (!this.#broken) act();
  }

  #end(): void {
    this.#broken = true;
    this.#client.end();
    this.#server.end();
  }

  #answer(chunk: Buffer): void {
    if (this.#rules.blackhole) return;
    for (const message of this.#toClient.push(chunk)) {
      if (message.type === "Z" && this.#unanswered > 0) this.#unanswered -= 1;
    }
    this.#client.write(chunk);
  }

  #forward(chunk: Buffer): void {
    if (this.#rules.blackhole) return;
    let cutting: "forwarded" | "held" | null = null;
    for (const message of this.#toServer.push(chunk)) {
      const request = readFrontendRequest(message, this.#names);
      if (request !== null) {
        this.#count.requests.push(request);
        cutting ??= this.#takeCut(request);
      }
      if (message.type === "Q" || message.type === "S") this.#countRoundTrip();
    }
    if (cutting === "held") return this.break();
    this.#server.write(chunk);
    if (cutting === "forwarded") {
      // The server is told of the end only after it has read all of it, so that it does what was asked.
      this.#client.resetAndDestroy();
      this.#end();
    }
  }

  #takeCut(request: FrontendRequest): "forwarded" | "held" | null {
    const rule = this.#rules.cutAt;
    if (rule === null || request.kind === "parse" || !rule.text.test(request.text)) return null;
    this.#rules.cutAt = null;
    return rule.when;
  }

  /** What is sent before the last answer has come back shares its journey. */
  #countRoundTrip(): void {
    if (this.#unanswered === 0) this.#count.roundTrips += 1;
    this.#unanswered += 1;
  }
}
