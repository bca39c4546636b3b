import type { DriverQuery, DriverResult } from "./driver.ts";
import {
  endsConnection,
  explain,
  prepareQuery,
  readResult,
  type PostgresJsSql,
} from "./postgres-js-statement.ts";

/** The `sql` that postgres.js hands the callback of `sql.begin`. */
export interface PostgresJsTransaction extends PostgresJsSql {
  savepoint(callback: (sql: PostgresJsTransaction) => Promise<void>): Promise<unknown>;
}

/** Sends the statements of a transaction; once its connection has ended, none: even a ROLLBACK would end the process. */
export class TransactionConnection {
  lost = false;

  async send(sql: PostgresJsSql, query: DriverQuery): Promise<DriverResult> {
    const committing = query.text === "commit";
    return this.guard(async () => readResult(await prepareQuery(sql, query)), committing);
  }

  async guard<T>(work: () => Promise<T>, committing = false): Promise<T> {
    if (this.lost)
      throw Object.assign(new Error("The transaction's connection has ended"), { code: "08001" });
    try {
      return await work();
    } catch (cause) {
      // Whatever was sent: without its COMMIT none of it has happened.
      const error = explain(cause, { sent: committing });
      this.lost ||= endsConnection(error);
      throw error;
    }
  }
}

/** Sends statements in a transaction of ours. */
export type OpenTransaction = (query: DriverQuery) => Promise<DriverResult>;

/**
 * Opens a transaction that ends by text: COMMIT or ROLLBACK gives the connection back. The callback of `sql.begin`
 * never returns: postgres.js would then end the transaction in its own way, which hides what COMMIT was answered, and
 * ends the process if the connection is gone.
 */
export function openTransaction(
  begin: (callback: (sql: PostgresJsTransaction) => Promise<void>) => Promise<unknown>,
): Promise<OpenTransaction> {
  const connection = new TransactionConnection();
  return new Promise((resolve, reject) => {
    begin((sql) => {
      resolve((query) => connection.send(sql, query));
      return new Promise(() => undefined);
    }).catch((cause: unknown) => {
      // Also when the connection ends while we wait for nothing.
      connection.lost = true;
      reject(explain(cause, { sent: false }));
    });
  });
}
