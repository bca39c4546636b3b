import { AuthError } from "../../errors.ts";
import { acquiredInTime, answeredInTime, noneBecameFree, type Deadlines } from "./deadlines.ts";
import type { AsyncConnection, AsyncDriver, DriverQuery, DriverResult } from "./driver.ts";
import {
  explain,
  prepareQuery,
  readResult,
  type PostgresJsQuery,
  type PostgresJsSql,
} from "./postgres-js-statement.ts";
import {
  openTransaction,
  type OpenTransaction,
  type PostgresJsTransaction,
} from "./postgres-js-transaction.ts";

/** The parts of the top-level `sql` of postgres.js that are used. */
export interface PostgresJsPool extends PostgresJsSql {
  begin(mode: string, callback: (sql: PostgresJsTransaction) => Promise<void>): Promise<unknown>;
  readonly options: { readonly max: number; readonly prepare: boolean };
}

// Spelled out, so that a role or database with other defaults changes nothing about what our statements see.
const transactionMode = "isolation level read committed read write";
const onlyReads = /^\s*select\b/i;

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
    refusesPooler: () => (sql.options.prepare ? namesLoseCommits() : null),
    detach: () => undefined,
  };
}

/**
 * The COMMIT of `sql.begin` is a named statement. A pooler that does not follow names refuses it, postgres.js sends it
 * again in the transaction that has failed by that, and takes the rollback for success.
 */
function namesLoseCommits(): AuthError {
  return new AuthError("configuration_invalid", {
    message:
      'Behind a pooler, transactions of postgres.js are rolled back and reported as committed: make your `sql` with `prepare: false`. If the pooler follows prepared statements (session mode, or PgBouncer with max_prepared_statements), say so by `statements: "named"`',
  });
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
  /** Known once a statement was answered. */
  announcedPid: number | null = null;
  readonly #sql: PostgresJsPool;
  readonly #deadlines: Deadlines;
  readonly #use: Use;
  #transaction: OpenTransaction | undefined;

  constructor(sql: PostgresJsPool, given: { readonly deadlines: Deadlines; readonly use: Use }) {
    this.#sql = sql;
    this.#deadlines = given.deadlines;
    this.#use = given.use;
  }

  async query(query: DriverQuery): Promise<DriverResult> {
    if (this.#transaction !== undefined) return this.#inTime(this.#transaction(query), query);
    if (onlyReads.test(query.text)) return this.#inTime(this.#read(query), query);
    await this.begin();
    const result = await this.#inTime(this.#transaction!(query), query);
    await this.commit();
    return result;
  }

  async begin(): Promise<void> {
    const { acquireMilliseconds: milliseconds } = this.#deadlines;
    this.#use.opening += 1;
    try {
      this.#transaction = await acquiredInTime(
        openTransaction((hold) => this.#sql.begin(transactionMode, hold)),
        { milliseconds, giveBack: rollBackUnwaited, state: () => this.#describe() },
      );
    } finally {
      this.#use.opening -= 1;
    }
  }

  async commit(): Promise<boolean> {
    const { command } = await this.#inTime(this.#take()!({ text: "commit", values: [] }));
    return command !== "ROLLBACK";
  }

  /** Nothing to do where COMMIT was sent: whatever came of it, the transaction is over. */
  async rollback(): Promise<void> {
    const transaction = this.#take();
    if (transaction !== undefined) await this.#inTime(transaction({ text: "rollback", values: [] }));
  }

  /** A transaction that is open still is rolled back as soon as its connection answers. */
  release(): void {
    this.#use.operations -= 1;
    const transaction = this.#take();
    if (transaction !== undefined) rollBackUnwaited(transaction);
  }

  /** Taken by whoever ends it: from then on the connection may serve anybody. */
  #take(): OpenTransaction | undefined {
    const transaction = this.#transaction;
    this.#transaction = undefined;
    return transaction;
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

  async #read(query: DriverQuery): Promise<DriverResult> {
    const sent = prepareQuery(this.#sql, query);
    this.#use.reads.add(sent);
    try {
      const result = await this.#taken(sent);
      this.announcedPid = result.state?.pid ?? null;
      return readResult(result);
    } catch (cause) {
      throw explain(cause, { sent: sent.state !== null });
    } finally {
      this.#use.reads.delete(sent);
    }
  }

  /** Gives up on a statement that no connection takes. If one does later, it reads in vain. */
  #taken<T>(sent: PostgresJsQuery & Promise<T>): Promise<T> {
    const { acquireMilliseconds: milliseconds } = this.#deadlines;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (sent.state === null) reject(noneBecameFree(milliseconds, this.#describe()));
      }, milliseconds);
      sent.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}

function rollBackUnwaited(transaction: OpenTransaction): void {
  transaction({ text: "rollback", values: [] }).catch(() => undefined);
}
