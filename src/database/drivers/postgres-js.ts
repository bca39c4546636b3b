import { acquiredInTime, answeredInTime, noneBecameFree, type Deadlines } from "./deadlines.ts";
import type { AsyncConnection, AsyncDriver, DriverQuery, DriverResult, JoinedConnection } from "./driver.ts";
import {
  explain,
  prepareQuery,
  readResult,
  type PostgresJsQuery,
  type PostgresJsSql,
} from "./postgres-js-statement.ts";
import {
  openTransaction,
  PostgresJsStatements,
  type OpenTransaction,
  type PostgresJsTransaction,
} from "./postgres-js-transaction.ts";

/** The parts of the top-level `sql` of postgres.js that are used. */
export interface PostgresJsPool extends PostgresJsSql {
  begin(mode: string, callback: (sql: PostgresJsTransaction) => Promise<void>): Promise<unknown>;
  readonly options: { readonly max: number };
}

// Spelled out, so that a role or database with other defaults changes nothing about what our statements see.
const transactionMode = "isolation level read committed read write";
const onlyReads = /^\s*select\b/i;
const ignore = (): void => undefined;

/**
 * Runs statements through the application's `sql`. Not through `sql.reserve()`: it never returns with `fetch_types:
 * false`, `sql.end()` never returns once it was used, and the end of its connection cannot be seen.
 */
export function postgresJsDriver(sql: PostgresJsPool, deadlines: Deadlines): AsyncDriver {
  const use: Use = { operations: 0, opening: 0, reads: new Set() };
  return {
    mode: "async",
    name: "postgres.js",
    dialect: "postgres",
    native: sql,
    names: false,
    async acquire() {
      use.operations += 1;
      return new PostgresJsConnection(sql, { deadlines, use });
    },
    counts() {
      // postgres.js tells nothing of its connections; what is known is what we do on them.
      const waiting = use.opening + [...use.reads].filter(({ state }) => state === null).length;
      return { open: use.operations - waiting, idle: 0, waiting, max: sql.options.max };
    },
    detach: () => undefined,
  };
}

/** Runs statements in a transaction that the application opened by `sql.begin()`. */
export function joinPostgresJs(sql: PostgresJsTransaction): JoinedConnection {
  const statements = new PostgresJsStatements(sql);
  return {
    mode: "async",
    dialect: "postgres",
    state: () => "unknown",
    query: (query) => statements.query(query),
  };
}

/** What our operations do at this moment. */
interface Use {
  operations: number;
  /** Transactions that wait for a connection. */
  opening: number;
  readonly reads: Set<PostgresJsQuery>;
}

/**
 * One operation's share of the pool. A lone statement that reads goes to whichever connection takes it. All else runs
 * in a transaction: a statement that waits for a connection cannot be withdrawn, a transaction can be given back.
 */
class PostgresJsConnection implements AsyncConnection {
  readonly session = this;
  readonly announcedPid = null;
  readonly #sql: PostgresJsPool;
  readonly #deadlines: Deadlines;
  readonly #use: Use;
  #transaction: OpenTransaction | undefined;

  constructor(sql: PostgresJsPool, given: { readonly deadlines: Deadlines; readonly use: Use }) {
    this.#sql = sql;
    this.#deadlines = given.deadlines;
    this.#use = given.use;
  }

  query(query: DriverQuery): Promise<DriverResult> {
    if (this.#transaction !== undefined) return this.#inTime(this.#transaction.query(query), query);
    return this.#inTime(onlyReads.test(query.text) ? this.#read(query) : this.#write(query), query);
  }

  async begin(): Promise<void> {
    const { acquireMilliseconds: milliseconds } = this.#deadlines;
    this.#use.opening += 1;
    try {
      this.#transaction = await acquiredInTime(
        openTransaction((hold) => this.#sql.begin(transactionMode, hold)),
        {
          milliseconds,
          giveBack: (late) => void late.rollback().catch(ignore),
          state: () => this.#describe(),
        },
      );
    } finally {
      this.#use.opening -= 1;
    }
  }

  async commit(): Promise<boolean> {
    const transaction = this.#transaction!;
    await this.#inTime(transaction.commit());
    this.#transaction = undefined;
    return true;
  }

  async rollback(): Promise<void> {
    const transaction = this.#transaction!;
    await this.#inTime(transaction.rollback());
    this.#transaction = undefined;
  }

  /** A transaction that is open still is rolled back as soon as its connection answers. */
  release(): void {
    this.#use.operations -= 1;
    this.#transaction?.rollback().catch(ignore);
  }

  async #write(query: DriverQuery): Promise<DriverResult> {
    await this.begin();
    const transaction = this.#transaction!;
    const result = await transaction.query(query).catch(async (error: unknown) => {
      await transaction.rollback().catch(ignore);
      this.#transaction = undefined;
      throw error;
    });
    await this.commit();
    return result;
  }

  #inTime<T>(answer: Promise<T>, { patient }: { readonly patient?: boolean } = {}): Promise<T> {
    return answeredInTime(answer, {
      statementMilliseconds: this.#deadlines.statementMilliseconds,
      patient,
    });
  }

  #describe(): string {
    const { operations, opening } = this.#use;
    return `${String(operations)} operations of ours under way, ${String(opening)} waiting to begin, ${String(this.#sql.options.max)} connections`;
  }

  #read(query: DriverQuery): Promise<DriverResult> {
    const { acquireMilliseconds: milliseconds } = this.#deadlines;
    const sent = prepareQuery(this.#sql, query);
    this.#use.reads.add(sent);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (sent.state === null) reject(noneBecameFree(milliseconds, this.#describe()));
      }, milliseconds);
      const over = (): void => {
        clearTimeout(timer);
        this.#use.reads.delete(sent);
      };
      sent
        .then(readResult)
        .then(resolve, (cause: unknown) => reject(explain(cause, { sent: sent.state !== null })))
        .finally(over);
    });
  }
}
