import { AuthError } from "../../errors.ts";
import type {
  Database,
  DatabaseStats,
  DialectName,
  JoinedDatabase,
  Namespace,
  StatementsMode,
  TransactionOptions,
} from "../database.ts";
import type { DatabaseFailure } from "../dialects/failure.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { AsyncConnection, AsyncDriver } from "../drivers/driver.ts";
import type { Joining } from "../handles/handle-kind.ts";
import type { StatementResult, TransactionScript } from "../script.ts";
import type { AnyStatement } from "../statements/compile.ts";
import type { Statement } from "../statements/statement.ts";
import {
  mayReplay,
  runSingleStep,
  runSpelledOut,
  runTransaction,
  type TransactionRun,
} from "./async-transaction.ts";
import { backOff } from "./backoff.ts";
import { AsyncJoins } from "./async-joins.ts";
import { ask, breaksConnection, DriverFailure, failureOf, toCallerError } from "./driver-failure.ts";
import { StatementNaming, type RefusalClass } from "./naming.ts";
import { Operations } from "./operations.ts";

import { StatementCache } from "./statement-cache.ts";
import { StatementSender, type Prepared } from "./statement-sender.ts";
import { TypedStatements } from "./typed-statements.ts";

export interface AsyncDatabaseOptions {
  readonly driver: AsyncDriver;
  readonly dialect: Dialect;
  /** What the application handed over. */
  readonly native: unknown;
  readonly ownership: "owned" | "borrowed";
  readonly namespace: Namespace;
  readonly statements: StatementsMode;
  /** Makes a connection of a handle that the host's transaction runs on. */
  readonly join: (handle: unknown) => Joining;
  readonly onNamingDisabled: (cause: RefusalClass) => void;
  /** Ends the handle if it is ours and we are its last user. */
  readonly end: () => Promise<void>;
}

/** How long an operation that has sent nothing goes on looking for a connection. */
const unavailableDeadlineMilliseconds = 5_000;
const maxAttempts = 4;

/** A handle whose calls are promises: named statements where that is safe, refusals and conflicts recovered unseen. */
export class AsyncDatabase extends TypedStatements implements Database {
  readonly dialect: DialectName;
  readonly namespace: Namespace;
  readonly native: unknown;
  readonly #options: AsyncDatabaseOptions;
  readonly #driver: AsyncDriver;
  readonly #sender: StatementSender;
  readonly #operations = new Operations();
  readonly #joins: AsyncJoins;
  #replays = 0;

  constructor(options: AsyncDatabaseOptions) {
    super();
    this.#options = options;
    this.#driver = options.driver;
    this.namespace = options.namespace;
    this.dialect = options.dialect.name;
    this.native = options.native;
    const mode = options.driver.names ? options.statements : "unnamed";
    this.#sender = new StatementSender({
      cache: new StatementCache({ dialect: options.dialect, namespace: options.namespace }),
      naming: new StatementNaming(mode, options.onNamingDisabled),
    });
    this.#joins = new AsyncJoins({
      dialect: this.dialect,
      sender: this.#sender,
      operations: this.#operations,
    });
  }

  table(name: string): string {
    return this.#options.dialect.tableName(this.namespace, name);
  }

  register(statements: readonly AnyStatement[]): void {
    for (const statement of statements) this.#sender.cache.register(statement);
  }

  query(text: string, values: readonly unknown[] = []): Promise<readonly (readonly unknown[])[]> {
    return this.#operations.start(
      async () =>
        (await this.#onConnection({ reads: true }, (connection) => ask(connection, { text, values }))).rows,
    );
  }

  inspect(text: string, values: readonly unknown[] = []): Promise<readonly (readonly unknown[])[]> {
    return this.#operations.start(async () => {
      const { rows } = await this.#onConnection({ reads: true }, async (connection) => {
        const result = await ask(connection, { text, values });
        this.#sender.naming.observe(connection.announcedPid, Number(result.rows[0]?.[0]));
        this.#assertPoolerFits();
        return result;
      });
      return rows;
    });
  }

  /** `statements: "named"` is the application's word that its pooler follows names. */
  #assertPoolerFits(): void {
    if (this.#sender.naming.pooler !== "present" || this.#options.statements === "named") return;
    const refusal = this.#driver.refusesPooler?.();
    if (refusal) throw refusal;
  }

  transaction<T>(script: TransactionScript<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#operations.start(() =>
      options.singleStep === true && this.#options.dialect.joinsStatements
        ? runSingleStep(script, {
            guard: this.#operations.guard,
            sender: this.#sender,
            send: (prepared) => this.#autocommit(prepared),
          })
        : this.#transaction(script, options),
    );
  }

  within(handle: unknown): JoinedDatabase {
    const joining = this.#options.join(handle);
    if ("mode" in joining && joining.mode === "sync") {
      throw new AuthError("unsupported_handle", {
        message: `auth.within() takes a transaction of the database it was made with, which is ${this.#driver.name}`,
      });
    }
    return this.#joins.join(handle as object, joining);
  }

  stats(): DatabaseStats {
    const { naming, counts } = this.#sender;
    return {
      dialect: this.dialect,
      driver: this.#driver.name,
      ownership: this.#options.ownership,
      connections: this.#driver.counts(),
      pooler: this.dialect === "sqlite" ? "none" : naming.pooler,
      naming: naming.disabled ? "disabled_after_refusals" : naming.active ? "named" : "unnamed",
      statements: { ...counts, recovered: { ...naming.recovered }, transactionReplays: this.#replays },
    };
  }

  close(): Promise<void> {
    return this.#operations.close(async () => {
      try {
        await this.#options.end();
      } finally {
        // Only now: a connection may die while the pool is being ended.
        this.#driver.detach();
      }
    });
  }

  protected execute<P, R>(statement: Statement<P, R>, params: P): Promise<StatementResult> {
    return this.#operations.start(async () => {
      const call = statement.with(params);
      const results = await this.#autocommit({
        compiled: this.#sender.cache.one(call.statement),
        calls: [call],
      });
      return results[0]!;
    });
  }

  #autocommit(prepared: Prepared): Promise<StatementResult[]> {
    return this.#onConnection({ reads: prepared.compiled.reads }, (connection, failed) => {
      if (failed === null) return this.#sender.sendRecovering(connection, prepared);
      const send = (): Promise<StatementResult[]> => this.#sender.sendUnnamed(connection, prepared);
      return failed === "conflict" || failed === "unavailable" ? runSpelledOut(connection, send) : send();
    });
  }

  /**
   * Gives a connection to `operation`, and another one where nothing can have happened on the first: the
   * server was not reached, asks for it, or the statement only reads. The operation is told how the run
   * before it failed.
   */
  async #onConnection<T>(
    { reads }: { readonly reads: boolean },
    operation: (connection: AsyncConnection, failed: DatabaseFailure["kind"] | null) => Promise<T>,
  ): Promise<T> {
    const deadline = performance.now() + unavailableDeadlineMilliseconds;
    let failed: DatabaseFailure["kind"] | null = null;
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.#acquire(deadline);
      try {
        const result = await operation(connection, failed);
        connection.release("reusable");
        return result;
      } catch (error) {
        const failure = failureOf(error);
        connection.release(breaksConnection(failure) ? "broken" : "reusable");
        const again =
          failure.kind === "unavailable" || failure.kind === "busy" || (failure.kind === "lost" && reads)
            ? performance.now() < deadline
            : (failure.kind === "conflict" || failure.kind === "refused") && attempt < maxAttempts;
        if (!again) throw toCallerError(error, { unknownOutcome: !reads });
        failed = failure.kind;
        await backOff(attempt);
      }
    }
  }

  /** Nothing was sent yet, so any failure to connect is tried again until the deadline. */
  async #acquire(deadline: number): Promise<AsyncConnection> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#driver.acquire();
      } catch (cause) {
        if (cause instanceof AuthError) throw cause;
        const error = new DriverFailure(cause);
        if (error.failure.kind === "other" || performance.now() >= deadline) {
          throw new AuthError("database_unavailable", {
            message: "No connection to the database could be made",
            cause,
          });
        }
        await backOff(attempt);
      }
    }
  }

  async #transaction<T>(script: TransactionScript<T>, options: TransactionOptions): Promise<T> {
    const deadline = performance.now() + unavailableDeadlineMilliseconds;
    let named = true;
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.#acquire(deadline);
      const run: TransactionRun = {
        connection,
        sender: this.#sender,
        guard: this.#operations.guard,
        named,
        dialect: this.dialect,
        committing: false,
        failed: false,
      };
      try {
        return await runTransaction(run, script);
      } catch (error) {
        if (
          !mayReplay(error, {
            attempt,
            committing: run.committing,
            late: performance.now() >= deadline,
            options,
          })
        ) {
          throw toCallerError(error, { unknownOutcome: run.committing });
        }
        if (failureOf(error).kind === "refused") named = false;
        this.#replays += 1;
        await backOff(attempt);
      }
    }
  }
}
