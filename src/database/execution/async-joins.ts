import { AuthError } from "../../errors.ts";
import type { JoinedDatabase } from "../database.ts";
import type { JoinedConnection } from "../drivers/driver.ts";
import type { TransactionScript } from "../script.ts";
import { ask, toCallerError, transactionAborted } from "./driver-failure.ts";
import type { Operations } from "./operations.ts";
import { runScriptAsync } from "./run-script.ts";
import type { StatementSender } from "./statement-sender.ts";

/** Runs scripts inside transactions that the application began and will end, on connections whose calls are promises. */
export class AsyncJoins {
  readonly #sender: StatementSender;
  readonly #operations: Operations;
  readonly #turns = new WeakMap<object, Promise<void>>();

  constructor(parts: { readonly sender: StatementSender; readonly operations: Operations }) {
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
    assertJoinable(connection);
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

function assertJoinable(connection: JoinedConnection): void {
  const state = connection.state();
  if (state === "none") {
    throw new AuthError("transaction_required", {
      message: "auth.within() takes a client whose transaction has begun",
    });
  }
  if (state === "failed") throw transactionAborted();
}
