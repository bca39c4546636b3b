import { AuthError } from "../../errors.ts";
import type { DialectName, JoinedDatabase } from "../database.ts";
import type { JoinedConnection } from "../drivers/driver.ts";
import type { TransactionScript } from "../script.ts";
import { ask, toCallerError, transactionAborted } from "./driver-failure.ts";
import type { Operations } from "./operations.ts";
import { runScriptAsync } from "./run-script.ts";
import type { StatementSender } from "./statement-sender.ts";

/** Runs scripts inside transactions that the application began and will end, on connections whose calls are promises. */
export class AsyncJoins {
  readonly #dialect: DialectName;
  readonly #sender: StatementSender;
  readonly #operations: Operations;
  readonly #turns = new WeakMap<object, Promise<void>>();

  constructor(parts: {
    readonly dialect: DialectName;
    readonly sender: StatementSender;
    readonly operations: Operations;
  }) {
    this.#dialect = parts.dialect;
    this.#sender = parts.sender;
    this.#operations = parts.operations;
  }

  join(handle: object, joining: JoinedConnection | Promise<JoinedConnection>): JoinedDatabase {
    const connected = Promise.resolve(joining);
    // Whoever runs a script hears of it; nobody may.
    connected.catch(() => undefined);
    return {
      synchronous: false,
      run: (script) =>
        this.#operations.start(() => this.#inTurn(handle, async () => this.#run(await connected, script))),
    };
  }

  /** Scripts on one connection run one after the other: the savepoint of one would else undo what another wrote. */
  #inTurn<T>(handle: object, run: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(handle);
    const result = before === undefined ? run() : before.then(run);
    const over = (): void => {
      if (this.#turns.get(handle) === done) this.#turns.delete(handle);
    };
    const done = result.then(over, over);
    this.#turns.set(handle, done);
    return result;
  }

  /** Nothing is named, replayed or ended here. */
  #run<T>(connection: JoinedConnection, script: TransactionScript<T>): Promise<T> {
    assertJoinable(connection, this.#dialect);
    const sender = this.#sender;
    return runScriptAsync(script, {
      guard: this.#operations.guard,
      perform: async (step) =>
        step.kind === "raw"
          ? [await ask(connection, step)]
          : sender.perform(step, (prepared) => sender.sendUnnamed(connection, prepared)),
      expose: (error) => toCallerError(error, { unknownOutcome: false }),
    });
  }
}

function assertJoinable(connection: JoinedConnection, dialect: DialectName): void {
  if (connection.dialect !== dialect) {
    throw new AuthError("unsupported_handle", {
      message: `auth.within() takes a transaction of the database it was made with, which is ${dialect}`,
    });
  }
  const state = connection.state();
  if (state === "none") {
    throw new AuthError("transaction_required", {
      message: "auth.within() takes a client whose transaction has begun",
    });
  }
  if (state === "failed") throw transactionAborted();
}
