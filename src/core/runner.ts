import type { Database, JoinedDatabase, TransactionOptions } from "../database/database.ts";
import type { TransactionScript } from "../database/script.ts";
import type { Call } from "../database/statements/statement.ts";

/** `async`: promises. `sync`: the value at once, inside a transaction of a synchronous SQLite driver. */
export type ResultMode = "async" | "sync";
export type ResultOf<M extends ResultMode, T> = M extends "sync" ? T : Promise<T>;

/**
 * Where an operation runs: in a transaction of ours, or inside the application's. The work is made by a
 * function, so that a promised result rejects when the input is refused, and a synchronous one throws.
 */
export interface Runner<M extends ResultMode> {
  transaction<T>(make: () => TransactionScript<T>, options?: TransactionOptions): ResultOf<M, T>;
  /** One read. No call to make is no row. */
  maybeOne<R>(make: () => Call<R> | null): ResultOf<M, R | null>;
  many<R>(make: () => Call<R> | null): ResultOf<M, readonly R[]>;
}

/** Runs in transactions of our own; a lone read needs none. */
export function ownRunner(database: Database): Runner<"async"> {
  return {
    transaction: async (make, options) => database.transaction(make(), options),
    async maybeOne(make) {
      const call = make();
      return call && database.maybeOne(call.statement, call.params as never);
    },
    async many(make) {
      const call = make();
      return call ? database.many(call.statement, call.params as never) : [];
    },
  };
}

/** Runs inside the application's transaction. */
export function joinedRunner(joined: JoinedDatabase): Runner<ResultMode> {
  const run = <T>(make: () => TransactionScript<T>): T | Promise<T> => {
    if (joined.synchronous) return joined.run(make());
    return Promise.resolve().then(() => joined.run(make()));
  };
  return {
    transaction: run as Runner<ResultMode>["transaction"],
    maybeOne: ((make: () => Call<object> | null) =>
      run(() => {
        const call = make();
        return function* (tx) {
          return call && (yield* tx.maybeOne(call.statement, call.params as never));
        };
      })) as Runner<ResultMode>["maybeOne"],
    many: ((make: () => Call<object> | null) =>
      run(() => {
        const call = make();
        return function* (tx) {
          return call ? yield* tx.many(call.statement, call.params as never) : [];
        };
      })) as Runner<ResultMode>["many"],
  };
}
