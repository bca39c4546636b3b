import type { AsyncConnection, JoinedConnection } from "../drivers/driver.ts";
import type { StatementResult, Step } from "../script.ts";
import type { Compiled } from "../statements/compile.ts";
import type { Call } from "../statements/statement.ts";
import { ask, DriverFailure } from "./driver-failure.ts";
import type { Sent, StatementNaming } from "./naming.ts";
import { nextOfChain } from "./next-of-chain.ts";
import { AbandonScript } from "./run-script.ts";
import type { StatementCache } from "./statement-cache.ts";

/** A statement, or a group joined into one, ready to be sent. */
export interface Prepared {
  readonly compiled: Compiled;
  readonly calls: readonly Call<unknown>[];
}

const nothing: StatementResult = { rows: [], rowCount: 0 };

/** Sends prepared statements, named where that is safe, and recovers the refusals that naming brings. */
export class StatementSender {
  readonly naming: StatementNaming;
  readonly cache: StatementCache;
  readonly counts = { named: 0, unnamed: 0 };

  constructor(parts: { readonly naming: StatementNaming; readonly cache: StatementCache }) {
    this.naming = parts.naming;
    this.cache = parts.cache;
  }

  prepare(step: Exclude<Step, { kind: "raw" }>): Prepared {
    const calls = step.kind === "execute" ? [step.call] : step.calls;
    const together = step.kind === "together" && calls.length > 1;
    const compiled = together ? this.cache.together(calls, step.heads) : this.cache.one(calls[0]!.statement);
    return { compiled, calls };
  }

  /** A step as one statement, or, where a dialect does not join statements, as several. */
  async perform(
    step: Exclude<Step, { kind: "raw" }>,
    send: (prepared: Prepared) => Promise<StatementResult[]>,
  ): Promise<readonly StatementResult[]> {
    if (step.kind === "execute" || this.cache.joinsStatements) return send(this.prepare(step));
    const results: StatementResult[] = [];
    for (const given of step.calls) {
      const call = nextOfChain(given, { heads: step.heads, results });
      const sent = call === null ? [nothing] : await send(this.prepare({ kind: "execute", call }));
      results.push(sent[0]!);
    }
    return results;
  }

  /** In autocommit: a refused name is followed by the same statement without one. Nothing had been executed. */
  async sendRecovering(connection: AsyncConnection, prepared: Prepared): Promise<StatementResult[]> {
    const sent = this.#choose(connection, prepared);
    try {
      return await this.#send(connection, { prepared, sent });
    } catch (error) {
      const refused = this.#noteRefusal(error, { connection, prepared, sent });
      // A pooler that refuses also drops the connection: the caller takes another one.
      if (!refused || refused.fatal) throw error;
      return this.sendUnnamed(connection, prepared);
    }
  }

  sendUnnamed(
    connection: AsyncConnection | JoinedConnection,
    prepared: Prepared,
  ): Promise<StatementResult[]> {
    return this.#send(connection, { prepared, sent: { text: prepared.compiled.text, generation: 0 } });
  }

  /**
   * In a transaction of ours. The script sees what the server refused on the merits, and may undo it by a
   * savepoint; everything else ends this run of the script.
   */
  async sendInTransaction(
    connection: AsyncConnection,
    { step, named }: { readonly step: Step; readonly named: boolean },
  ): Promise<readonly StatementResult[]> {
    if (step.kind === "raw") return [await orAbandon(ask(connection, { ...step, patient: true }))];
    return this.perform(step, (prepared) => this.#sendOwn(connection, { prepared, named }));
  }

  async #sendOwn(
    connection: AsyncConnection,
    { prepared, named }: { readonly prepared: Prepared; readonly named: boolean },
  ): Promise<StatementResult[]> {
    if (!named) return orAbandon(this.sendUnnamed(connection, prepared));
    const sent = this.#choose(connection, prepared);
    try {
      return await this.#send(connection, { prepared, sent });
    } catch (error) {
      this.#noteRefusal(error, { connection, prepared, sent });
      throw abandoned(error);
    }
  }

  #choose(connection: AsyncConnection, { compiled }: Prepared): Sent {
    return this.naming.prepare(compiled.text, { hot: compiled.hot, session: connection.session });
  }

  #noteRefusal(
    error: unknown,
    context: { readonly connection: AsyncConnection; readonly prepared: Prepared; readonly sent: Sent },
  ): { readonly fatal: boolean } | null {
    if (!(error instanceof DriverFailure) || error.failure.kind !== "refused") return null;
    const { refusal, known, fatal } = error.failure;
    const { connection, prepared, sent } = context;
    this.naming.refuse(refusal, { text: prepared.compiled.text, sent, session: connection.session, known });
    return { fatal };
  }

  async #send(
    connection: AsyncConnection | JoinedConnection,
    {
      prepared: { compiled, calls },
      sent: { text, name },
    }: { readonly prepared: Prepared; readonly sent: Sent },
  ): Promise<StatementResult[]> {
    this.counts[name === undefined ? "unnamed" : "named"] += 1;
    const values = compiled.encode(calls);
    const result = await ask(connection, name === undefined ? { text, values } : { text, values, name });
    const decoded = compiled.decode(result.rows);
    return decoded.map((rows) => ({ rows, rowCount: decoded.length === 1 ? result.rowCount : rows.length }));
  }
}

async function orAbandon<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw abandoned(error);
  }
}

function abandoned(error: unknown): unknown {
  return error instanceof DriverFailure && error.failure.kind !== "other" ? new AbandonScript(error) : error;
}
