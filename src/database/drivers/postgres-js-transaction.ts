import type { DriverQuery, DriverResult } from "./driver.ts";
import { park, type Parked } from "./park.ts";
import {
  endsConnection,
  explain,
  prepareQuery,
  readResult,
  type PostgresJsSql,
} from "./postgres-js-statement.ts";

/** The `sql` that postgres.js hands the callbacks of `sql.begin` and `sql.savepoint`. */
export interface PostgresJsTransaction extends PostgresJsSql {
  savepoint(callback: (sql: PostgresJsTransaction) => Promise<void>): Promise<unknown>;
}

interface Savepoint {
  readonly name: string;
  readonly parked: Parked<PostgresJsTransaction>;
}

const savepointCommand = /^(savepoint|rollback to savepoint|release savepoint) (\w+)$/;
const nothing: DriverResult = { rows: [], rowCount: 0, command: "" };

/**
 * Statements in a transaction of postgres.js. It rolls back every transaction in which a statement has failed, undone
 * by a savepoint or not, except in savepoints that it made itself: ours become such.
 */
export class PostgresJsStatements {
  readonly #sql: PostgresJsTransaction;
  readonly #savepoints: Savepoint[] = [];
  /** True once the connection has ended. A statement on it, even a ROLLBACK, would end the process. */
  lost = false;

  constructor(sql: PostgresJsTransaction) {
    this.#sql = sql;
  }

  async query(query: DriverQuery): Promise<DriverResult> {
    if (this.lost) throw connectionLost();
    const [, command, name = ""] = savepointCommand.exec(query.text) ?? [];
    try {
      if (command === "savepoint") return await this.#open(name);
      if (command !== undefined) return await this.#close(name, command !== "release savepoint");
      return readResult(await prepareQuery(this.#innermost, query));
    } catch (cause) {
      const error = explain(cause, { sent: true });
      this.lost ||= endsConnection(error);
      throw error;
    }
  }

  get #innermost(): PostgresJsTransaction {
    return this.#savepoints.at(-1)?.parked.value ?? this.#sql;
  }

  async #open(name: string): Promise<DriverResult> {
    const outer = this.#innermost;
    this.#savepoints.push({ name, parked: await park((hold) => outer.savepoint(hold)) });
    return nothing;
  }

  /** What was rolled back is over for postgres.js; to release it as well is nothing more. */
  async #close(name: string, rollback: boolean): Promise<DriverResult> {
    if (this.#savepoints.at(-1)?.name !== name) return nothing;
    const { parked } = this.#savepoints.pop()!;
    if (!rollback) await parked.end();
    else await undone(parked);
    return nothing;
  }
}

/** A transaction of ours. */
export interface OpenTransaction {
  query(query: DriverQuery): Promise<DriverResult>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Opens a transaction and holds it. Nothing has happened if it rejects. */
export async function openTransaction(
  begin: (callback: (sql: PostgresJsTransaction) => Promise<void>) => Promise<unknown>,
): Promise<OpenTransaction> {
  let statements: PostgresJsStatements | undefined;
  const parked = await park<PostgresJsTransaction>((hold) => {
    const whole = begin(hold);
    // It rejects when the connection ends, though we wait for nothing. The callback is left as it is then, for good:
    // where it ends, postgres.js sends a ROLLBACK.
    whole.catch(() => {
      if (statements !== undefined) statements.lost = true;
    });
    return whole;
  }).catch((cause: unknown) => {
    throw explain(cause, { sent: false });
  });
  const open = (statements = new PostgresJsStatements(parked.value));
  const requireConnection = (): void => {
    if (open.lost) throw connectionLost();
  };
  return {
    query: (query) => open.query(query),
    async commit() {
      requireConnection();
      await parked.end().catch((cause: unknown) => {
        throw explain(cause, { sent: true });
      });
    },
    async rollback() {
      requireConnection();
      await undone(parked);
    },
  };
}

async function undone(parked: Parked<unknown>): Promise<void> {
  const reason = new Error("Rolled back");
  await parked.end(reason).catch((error: unknown) => {
    if (error !== reason) throw error;
  });
}

/** Nothing was sent on the dead connection. */
function connectionLost(): Error {
  return Object.assign(new Error("The connection of the transaction has ended"), { code: "08001" });
}
