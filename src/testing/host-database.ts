/** A row as the application's driver gives it: columns by name. */
export type HostRow = Readonly<Record<string, unknown>>;

/** What the application does in its transaction: each `yield` gives a value, or a promise of one, and gets the value. */
export type TransactionSteps<T> = Generator<unknown, T, unknown>;

/** A transaction of the application. */
export interface HostTransaction {
  /** What `auth.within()` takes. */
  readonly handle: unknown;
  /** Runs one statement of the application in it; its rows, or a promise of them. */
  query(text: string): readonly HostRow[] | Promise<readonly HostRow[]>;
}

/** The application's side: a handle on a database of its own, and the application's own statements on it. */
export interface HostDatabase {
  readonly dialect: "postgres" | "sqlite";
  /** What `createAuth({ database })` takes. */
  readonly database: unknown;
  /** Runs one statement without parameters on the handle; its rows, or an empty array. */
  query(text: string): Promise<readonly HostRow[]>;
  /**
   * Runs the steps in one transaction of the application: by {@link runSteps}, or by {@link runStepsAtOnce} where a
   * transaction has to end in the tick it began in. Commits after the last step; rolls back what a step throws, and
   * rejects with it.
   */
  inTransaction<T>(steps: (transaction: HostTransaction) => TransactionSteps<T>): Promise<T>;
  /** True where the application has one connection in all, so that its transactions must not overlap. */
  readonly oneConnection?: boolean;
  /** How many statements the handle has been asked for so far. Left out where the driver offers no way to tell. */
  statementCount?(): number;
  /** Ends the handle. Called more than once. */
  close(): Promise<void>;
}

/** Goes through the steps, awaiting what each gives. */
export async function runSteps<T>(steps: TransactionSteps<T>): Promise<T> {
  let turn = steps.next();
  while (turn.done !== true) {
    turn = await Promise.resolve(turn.value).then(
      (value) => steps.next(value),
      (error: unknown) => steps.throw(error),
    );
  }
  return turn.value;
}

/** Goes through the steps in one tick; what they give must be values. */
export function runStepsAtOnce<T>(steps: TransactionSteps<T>): T {
  let turn = steps.next();
  while (turn.done !== true) {
    if (turn.value instanceof Promise)
      throw new TypeError("A step gave a promise in a synchronous transaction");
    turn = steps.next(turn.value);
  }
  return turn.value;
}
