import { AuthError } from "../../errors.ts";
import { acquiredInTime, type Deadlines } from "./deadlines.ts";
import {
  transactionByText,
  type AsyncConnection,
  type AsyncDriver,
  type DriverQuery,
  type DriverResult,
  type JoinedConnection,
} from "./driver.ts";
import { park } from "./park.ts";
import { askByProtocol, written, type ProtocolSpeaker } from "./pglite-protocol.ts";

/** The parts of a `PGlite` that are used. */
export interface PGliteDatabase extends ProtocolSpeaker {
  readonly waitReady: Promise<void>;
  /** False before it was opened, and from the moment it is being closed. */
  readonly ready: boolean;
  isInTransaction(): boolean;
  /** The lock that every statement and every transaction of the application takes. */
  _runExclusiveTransaction<T>(work: () => Promise<T>): Promise<T>;
}

/** The parts of the `tx` of `db.transaction()` that are used. */
export interface PGliteTransaction {
  readonly closed: boolean;
  query(text: string, values: readonly unknown[], options: object): Promise<PGliteResult>;
}

interface PGliteResult {
  readonly rows: readonly (readonly unknown[])[];
  readonly affectedRows?: number;
  readonly rowCount?: number;
  readonly command?: string;
}

const onlyReads = /^\s*select\b/i;

/**
 * Runs statements on a `PGlite`: one session for everybody. Each operation of ours holds the lock of PGlite for as
 * long as it lasts, and speaks the protocol beneath it. `db.transaction()` would not do: where the application has
 * sent a BEGIN of its own, its COMMIT would end that.
 */
export function pgliteDriver(
  db: PGliteDatabase,
  { acquireMilliseconds: milliseconds }: Pick<Deadlines, "acquireMilliseconds">,
): AsyncDriver {
  const use = { operations: 0, waiting: 0 };
  return {
    mode: "async",
    name: "pglite",
    dialect: "postgres",
    native: db,
    names: false,
    async acquire() {
      await db.waitReady;
      use.waiting += 1;
      const lock = park((hold: (value: null) => Promise<void>) =>
        db._runExclusiveTransaction(() => hold(null)),
      );
      try {
        const { end } = await acquiredInTime(lock, {
          milliseconds,
          giveBack: (late) => void late.end(),
          state: () => `${String(use.waiting)} waiting for the one session`,
        });
        use.operations += 1;
        return connectionOf(db, () => {
          use.operations -= 1;
          void end();
        });
      } finally {
        use.waiting -= 1;
      }
    },
    counts: () => ({ open: 1, idle: use.operations === 0 ? 1 : 0, waiting: use.waiting, max: 1 }),
    detach: () => undefined,
  };
}

function connectionOf(db: PGliteDatabase, giveBack: () => void): AsyncConnection {
  let begun = false;
  const send = async (query: DriverQuery): Promise<DriverResult> => {
    if (!db.ready) throw closed();
    return askByProtocol(db, query, { durable: !begun });
  };
  const { begin, commit, rollback } = transactionByText("postgres", send);
  return {
    session: db,
    announcedPid: null,
    async query(query) {
      if (!begun && !onlyReads.test(query.text)) requireNoTransaction(db);
      return send(query);
    },
    async begin() {
      requireNoTransaction(db);
      await begin();
      begun = true;
    },
    commit() {
      begun = false;
      return commit();
    },
    rollback() {
      begun = false;
      return rollback();
    },
    release: giveBack,
  };
}

/** @throws AuthError `host_transaction_open`: what we wrote would be undone by the application's ROLLBACK */
function requireNoTransaction(db: PGliteDatabase): void {
  if (!db.ready) throw closed();
  if (!db.isInTransaction()) return;
  throw new AuthError("host_transaction_open", {
    message:
      "The application has sent BEGIN to this PGlite; use db.transaction(), and auth.within(tx) to join it",
  });
}

function closed(cause?: unknown): AuthError {
  return new AuthError("database_closed", { message: "The application's PGlite was closed", cause });
}

// Bytes as text, and values as the server writes them, whatever parsers and serializers the application has.
const types = [16, 17, 19, 20, 21, 23, 25, 114, 1184, 2950, 3802];
const options = {
  rowMode: "array",
  parsers: Object.fromEntries(types.map((type) => [type, (value: unknown) => value])),
  serializers: Object.fromEntries(types.map((type) => [type, written])),
};

/** Runs statements in a transaction that the application opened by `db.transaction()`. */
export function joinPGlite(transaction: PGliteTransaction): JoinedConnection {
  return {
    mode: "async",
    dialect: "postgres",
    state: () => (transaction.closed ? "none" : "unknown"),
    async query({ text, values }) {
      try {
        const { rows, affectedRows, rowCount, command = "" } = await transaction.query(text, values, options);
        return { rows, rowCount: rowCount ?? affectedRows ?? 0, command };
      } catch (cause) {
        throw withoutValues(cause);
      }
    },
  };
}

/** PGlite puts the values of the statement on its errors. */
function withoutValues(error: unknown): unknown {
  for (const field of ["params", "query", "queryOptions"]) Reflect.deleteProperty(error as object, field);
  return error;
}
