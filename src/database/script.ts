import { exactlyOne } from "./statements/exactly-one.ts";
import type { Call, Heads, Statement } from "./statements/statement.ts";

/** What one statement gave back: decoded rows, and how many rows it returned or changed. */
export interface StatementResult {
  readonly rows: readonly unknown[];
  readonly rowCount: number;
}

/** What a script asks of its database, one step at a time. */
export type Step =
  | { readonly kind: "execute"; readonly call: Call<unknown> }
  | { readonly kind: "together"; readonly calls: readonly Call<unknown>[]; readonly heads: Heads }
  | { readonly kind: "raw"; readonly text: string; readonly values: readonly unknown[] };

/** A generator that yields statements and nothing else. See `docs/decisions/0001-transaction-scripts.md`. */
export type Script<T> = Generator<Step, T, readonly StatementResult[]>;

/** The body of a transaction. It may be run again from its start, so it has no other effect than its statements. */
export type TransactionScript<T> = (tx: Transaction) => Script<T>;

type Rows<C extends readonly Call<unknown>[]> = {
  readonly [K in keyof C]: C[K] extends Call<infer R> ? readonly R[] : never;
};

/**
 * Statements that run only if the first of them returned a row. The others are as `Transaction.chain` takes them; one of
 * them may head a chain itself.
 */
export interface Chain {
  readonly head: Call<unknown>;
  readonly rest: readonly (Call<unknown> | Chain)[];
}

/** The statements of one transaction, each used as `yield* tx.one(...)`. */
export interface Transaction {
  /** Exactly one row; any other number is a `database_error`. */
  one<P, R>(statement: Statement<P, R>, params: P): Script<R>;
  /** The first row, or `null`. */
  maybeOne<P, R>(statement: Statement<P, R>, params: P): Script<R | null>;
  many<P, R>(statement: Statement<P, R>, params: P): Script<readonly R[]>;
  /** Returns how many rows were changed. */
  run<P, R>(statement: Statement<P, R>, params: P): Script<number>;
  /**
   * Runs statements that do not depend on each other, each giving its rows: on PostgreSQL in one round
   * trip (they share one snapshot: none sees what another wrote), on SQLite one after the other.
   */
  all<const C extends readonly Call<unknown>[]>(calls: C): Script<Rows<C>>;
  /**
   * Runs the first statement, and the others only if it returned a row; gives that row, or `null`. One
   * round trip on PostgreSQL. The others are inserts made by `insertInto`, or end their WHERE with `guard`; what the
   * first returned they take by `headValue`.
   */
  chain<R>(head: Call<R>, rest: Chain["rest"]): Script<R | null>;
  /**
   * Runs a chain, and further ones if its head returned a row: their heads are chained to it themselves. Gives the row
   * of each head, or `null`, the first chain's first. One round trip on PostgreSQL.
   */
  chains(first: Chain, others: readonly Chain[]): Script<readonly unknown[]>;
  /** A savepoint: if the inner script throws, its statements are undone and the error goes on. */
  transaction<T>(script: TransactionScript<T>): Script<T>;
  /** One statement as text, for DDL. Rows come back as arrays. */
  raw(text: string, values?: readonly unknown[]): Script<readonly (readonly unknown[])[]>;
}

function* execute(call: Call<unknown>): Script<StatementResult> {
  const results = yield { kind: "execute", call };
  return results[0]!;
}

/** Puts a chain behind the calls there are, chained to one of them, and gives the place of its head. */
function addChain(
  step: { readonly calls: Call<unknown>[]; readonly heads: (number | null)[] },
  { chain, head }: { readonly chain: Chain; readonly head: number | null },
): number {
  const place = step.calls.push(chain.head) - 1;
  step.heads.push(head);
  for (const one of chain.rest) {
    if ("head" in one) addChain(step, { chain: one, head: place });
    else step.heads[step.calls.push(one) - 1] = place;
  }
  return place;
}

/** A new `Transaction`; it holds nothing but the savepoint counter, so each run of a script gets its own. */
export function createTransaction(): Transaction {
  let savepoints = 0;
  const tx: Transaction = {
    *one(statement, params) {
      const { rows } = yield* execute(statement.with(params));
      return exactlyOne(statement, rows);
    },
    *maybeOne(statement, params) {
      const { rows } = yield* execute(statement.with(params));
      return (rows[0] ?? null) as never;
    },
    *many(statement, params) {
      return (yield* execute(statement.with(params))).rows as never;
    },
    *run(statement, params) {
      return (yield* execute(statement.with(params))).rowCount;
    },
    *all(calls) {
      const results = yield { kind: "together", calls, heads: calls.map(() => null) };
      return results.map((result) => result.rows) as never;
    },
    *chain(head, rest) {
      const [row] = yield* tx.chains({ head, rest }, []);
      return row as never;
    },
    *chains(first, others) {
      const step = { kind: "together" as const, calls: [], heads: [] };
      const places = [first, ...others].map((chain, i) =>
        addChain(step, { chain, head: i === 0 ? null : 0 }),
      );
      const results = yield step;
      return places.map((place) => results[place]!.rows[0] ?? null);
    },
    *transaction(script) {
      savepoints += 1;
      const name = `wispy_${String(savepoints)}`;
      yield* tx.raw(`savepoint ${name}`);
      let result;
      try {
        result = yield* script(tx);
      } catch (error) {
        yield* tx.raw(`rollback to savepoint ${name}`);
        yield* tx.raw(`release savepoint ${name}`);
        throw error;
      }
      yield* tx.raw(`release savepoint ${name}`);
      return result;
    },
    *raw(text, values = []) {
      const results = yield { kind: "raw", text, values };
      return results[0]!.rows as never;
    },
  };
  return tx;
}
