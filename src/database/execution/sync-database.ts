import { AuthError } from "../../errors.ts";
import type { Database, DatabaseStats, JoinedDatabase, Namespace, TransactionOptions } from "../database.ts";
import { isSqliteBusy, isSqliteError } from "../dialects/sqlite-errors.ts";
import { sqliteDialect } from "../dialects/sqlite.ts";
import type { JoinedConnection, SyncDriver } from "../drivers/driver.ts";
import type { Joining } from "../handles/handle-kind.ts";
import type { StatementResult, Step, TransactionScript } from "../script.ts";
import type { AnyStatement } from "../statements/compile.ts";
import type { Call, Statement } from "../statements/statement.ts";
import { AsyncJoins } from "./async-joins.ts";
import { backOff } from "./backoff.ts";
import { StatementNaming } from "./naming.ts";
import { nextOfChain } from "./next-of-chain.ts";
import { Operations } from "./operations.ts";
import { AbandonScript, runScriptSync } from "./run-script.ts";
import { StatementCache } from "./statement-cache.ts";
import { StatementSender } from "./statement-sender.ts";
import { TypedStatements } from "./typed-statements.ts";

export interface SyncDatabaseOptions {
  readonly driver: SyncDriver;
  readonly ownership: "owned" | "borrowed";
  readonly namespace: Namespace;
  /** What the application handed over. */
  readonly native: unknown;
  /** Makes a connection of a handle that the host's transaction runs on. */
  readonly join: (handle: unknown) => Joining;
  readonly end: () => Promise<void>;
}

/** How long a write waits for another process's write, besides the handle's own busy timeout. */
const busyDeadlineMilliseconds = 5_000;
const commitAttempts = 5;
const rollbackAttempts = 3;

/**
 * A synchronous SQLite handle. A script runs from BEGIN IMMEDIATE to COMMIT in one tick of the event loop,
 * so no statement of the application can come between, and ours never land in a transaction of its.
 */
export class SyncDatabase extends TypedStatements implements Database {
  readonly dialect = "sqlite";
  readonly namespace: Namespace;
  readonly native: unknown;
  readonly #options: SyncDatabaseOptions;
  readonly #driver: SyncDriver;
  readonly #cache: StatementCache;
  readonly #operations = new Operations();
  #joins: AsyncJoins | undefined;
  #statements = 0;
  #replays = 0;

  constructor(options: SyncDatabaseOptions) {
    super();
    this.#options = options;
    this.#driver = options.driver;
    this.namespace = options.namespace;
    this.native = options.native;
    this.#cache = new StatementCache({ dialect: sqliteDialect, namespace: options.namespace });
  }

  table(name: string): string {
    return sqliteDialect.tableName(this.namespace, name);
  }

  register(statements: readonly AnyStatement[]): void {
    for (const statement of statements) this.#cache.register(statement);
  }

  query(text: string, values: readonly unknown[] = []): Promise<readonly (readonly unknown[])[]> {
    return this.#start(() => this.#untilFree(() => this.#driver.query(text, values).rows));
  }

  inspect(text: string, values: readonly unknown[] = []): Promise<readonly (readonly unknown[])[]> {
    return this.query(text, values);
  }

  transaction<T>(script: TransactionScript<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#start(() => this.#transaction(script, options));
  }

  within(handle: unknown): JoinedDatabase {
    const joining = this.#options.join(handle);
    if (!("mode" in joining) || joining.mode === "async") return this.#joinAsync(handle as object, joining);
    // The statements that are prepared on our own handle serve its transactions as well.
    const driver = joining.native === this.#driver.native ? this.#driver : joining;
    return {
      synchronous: true,
      run: (script) => {
        this.#operations.guard.assertOutside();
        this.#operations.assertOpen();
        this.#assertHandleOpen();
        if (!driver.inTransaction) {
          throw new AuthError("transaction_required", {
            message:
              "auth.within() takes a handle inside a transaction: call it in db.transaction(() => ...)",
          });
        }
        return runScriptSync(script, {
          guard: this.#operations.guard,
          perform: (step) => this.#perform(driver, step),
          expose: toCallerError,
        });
      },
    };
  }

  /** A transaction of a query builder over the same file: its calls are promises. */
  #joinAsync(handle: object, joining: JoinedConnection | Promise<JoinedConnection>): JoinedDatabase {
    this.#joins ??= new AsyncJoins({
      dialect: this.dialect,
      sender: new StatementSender({
        cache: this.#cache,
        naming: new StatementNaming("unnamed", () => undefined),
      }),
      operations: this.#operations,
    });
    return this.#joins.join(handle, joining);
  }

  stats(): DatabaseStats {
    const open = this.#driver.open ? 1 : 0;
    return {
      dialect: "sqlite",
      driver: this.#driver.name,
      ownership: this.#options.ownership,
      connections: { open, idle: open, waiting: 0, max: 1 },
      pooler: "none",
      naming: "unnamed",
      statements: {
        named: 0,
        unnamed: this.#statements,
        recovered: { plan: 0, name: 0, pooler: 0 },
        transactionReplays: this.#replays,
      },
    };
  }

  close(): Promise<void> {
    return this.#operations.close(() => this.#options.end());
  }

  /** Asked before each attempt: the application may close its handle while a write waits for the lock. */
  #assertHandleOpen(): void {
    if (this.#driver.open) return;
    throw new AuthError("database_closed", { message: "The application's database handle was closed" });
  }

  #start<T>(operation: () => T | Promise<T>): Promise<T> {
    return this.#operations.start(() => Promise.resolve().then(operation));
  }

  protected execute<P, R>(statement: Statement<P, R>, params: P): Promise<StatementResult> {
    return this.#start(() => {
      const call = statement.with(params);
      const compiled = this.#cache.one(call.statement);
      return this.#untilFree(() => {
        if (!compiled.reads) this.#assertNoHostTransaction();
        return this.#executeOn(this.#driver, call);
      });
    });
  }

  /** A statement that finds the file locked has not happened: it waits, and is run again until the deadline. */
  async #untilFree<T>(run: () => T): Promise<T> {
    for (let attempt = 1, deadline = performance.now() + busyDeadlineMilliseconds; ; attempt += 1) {
      this.#assertHandleOpen();
      try {
        return run();
      } catch (error) {
        if (!isSqliteBusy(error) || performance.now() >= deadline) throw toCallerError(error);
        await backOff(attempt);
      }
    }
  }

  /** A write of ours inside a transaction that the application holds open across an `await` could be rolled back with it. */
  #assertNoHostTransaction(): void {
    if (!this.#driver.inTransaction) return;
    throw new AuthError("host_transaction_open", {
      message:
        "The application has a transaction open on this handle; write inside it by auth.within(db), or end it before awaiting",
    });
  }

  async #transaction<T>(script: TransactionScript<T>, options: TransactionOptions): Promise<T> {
    const deadline = performance.now() + busyDeadlineMilliseconds;
    for (let attempt = 1; ; attempt += 1) {
      this.#assertHandleOpen();
      this.#assertNoHostTransaction();
      try {
        return this.#attempt(script);
      } catch (error) {
        const retry = options.retryOn?.(error) === true && attempt < (options.maxAttempts ?? 4);
        const busy = isSqliteBusy(error) && performance.now() < deadline;
        if (!busy && !retry) throw toCallerError(error);
        this.#replays += 1;
        await backOff(attempt);
      }
    }
  }

  #attempt<T>(script: TransactionScript<T>): T {
    try {
      // Taking the write lock first: a transaction that begins by reading is refused for ever once another
      // process has written (SQLITE_BUSY_SNAPSHOT).
      this.#driver.query("begin immediate", []);
      const value = runScriptSync(script, {
        guard: this.#operations.guard,
        perform: (step) => this.#performOwn(step),
        expose: toCallerError,
      });
      this.#commit();
      return value;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** A full disk has rolled back already. Whatever ROLLBACK itself meets, the first error is the one to tell of. */
  #rollBack(): void {
    for (let attempt = 1; this.#driver.inTransaction && attempt <= rollbackAttempts; attempt += 1) {
      try {
        this.#driver.query("rollback", []);
      } catch {
        // Left open, the transaction would swallow whatever the application writes next.
      }
    }
  }

  /** With a rollback journal, COMMIT is refused while a reader is at work; the transaction is still whole then. */
  #commit(): void {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#driver.query("commit", []);
        return;
      } catch (error) {
        if (!isSqliteBusy(error) || attempt === commitAttempts) throw error;
      }
    }
  }

  /** A file that is locked in the middle (a full cache had to be written out) means another run from the start. */
  #performOwn(step: Step): readonly StatementResult[] {
    try {
      return this.#perform(this.#driver, step);
    } catch (error) {
      throw isSqliteBusy(error) ? new AbandonScript(error) : error;
    }
  }

  #perform(driver: SyncDriver, step: Step): readonly StatementResult[] {
    if (step.kind === "raw") return [driver.query(step.text, step.values)];
    if (step.kind === "execute") return [this.#executeOn(driver, step.call)];
    const results: StatementResult[] = [];
    for (const given of step.calls) {
      const call = nextOfChain(given, { heads: step.heads, results });
      results.push(call === null ? { rows: [], rowCount: 0 } : this.#executeOn(driver, call));
    }
    return results;
  }

  #executeOn(driver: SyncDriver, call: Call<unknown>): StatementResult {
    this.#statements += 1;
    const compiled = this.#cache.one(call.statement as AnyStatement);
    const { rows, rowCount } = driver.query(compiled.text, compiled.encode([call]));
    return { rows: compiled.decode(rows)[0]!, rowCount };
  }
}

function toCallerError(error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  return isSqliteBusy(error)
    ? new AuthError("database_unavailable", {
        message:
          "The database stayed busy: another connection held its write lock, or the application was reading rows by iterate()",
        cause: error,
      })
    : new AuthError("database_error", { message: "The database refused a statement", cause: error });
}
