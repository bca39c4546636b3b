import type { DriverQuery, DriverResult, JoinedConnection } from "./driver.ts";
import { park, type Parked } from "./park.ts";
import { TransactionConnection, type PostgresJsTransaction } from "./postgres-js-transaction.ts";

interface Savepoint {
  readonly name: string;
  readonly parked: Parked<PostgresJsTransaction>;
}

const savepointCommand = /^(savepoint|rollback to savepoint|release savepoint) (\w+)$/;
const nothing: DriverResult = { rows: [], rowCount: 0, command: "" };

/**
 * Runs statements in a transaction that the application opened by `sql.begin()`. postgres.js rolls back every
 * transaction in which a statement has failed, undone by a savepoint or not, except in savepoints that it made itself.
 * Ours become such.
 */
export function joinPostgresJs(sql: PostgresJsTransaction): JoinedConnection {
  const connection = new TransactionConnection();
  const savepoints: Savepoint[] = [];
  const innermost = (): PostgresJsTransaction => savepoints.at(-1)?.parked.value ?? sql;

  async function open(name: string): Promise<DriverResult> {
    const outer = innermost();
    savepoints.push({ name, parked: await park((hold) => outer.savepoint(hold)) });
    return nothing;
  }

  /** What was rolled back is over for postgres.js; to release it as well is nothing more. */
  async function close(name: string, rollback: boolean): Promise<DriverResult> {
    if (savepoints.at(-1)?.name !== name) return nothing;
    const { parked } = savepoints.pop()!;
    const reason = rollback ? new Error("Rolled back") : undefined;
    await parked.end(reason).catch((error: unknown) => {
      if (error !== reason) throw error;
    });
    return nothing;
  }

  async function query(query: DriverQuery): Promise<DriverResult> {
    const [, command, name = ""] = savepointCommand.exec(query.text) ?? [];
    if (command === undefined) return connection.send(innermost(), query);
    return connection.guard(() =>
      command === "savepoint" ? open(name) : close(name, command === "rollback to savepoint"),
    );
  }

  return { mode: "async", dialect: "postgres", state: () => "unknown", query };
}
