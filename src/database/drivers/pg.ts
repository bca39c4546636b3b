import { AuthError } from "../../errors.ts";
import { acquiredInTime, answeredInTime, type Deadlines } from "./deadlines.ts";
import {
  transactionByText,
  type AsyncConnection,
  type AsyncDriver,
  type DriverQuery,
  type DriverResult,
  type JoinedConnection,
  type TransactionState,
} from "./driver.ts";

/** The parts of `pg.Client` that are used. */
export interface PgClient {
  query(query: object): Promise<unknown>;
  on(event: "error" | "drain" | "end", listener: () => void): unknown;
  removeListener(event: "error" | "drain" | "end", listener: () => void): unknown;
  release?(destroy?: Error | boolean): void;
}

interface PooledClient extends PgClient {
  release(destroy?: Error | boolean): void;
}

/** The parts of `pg.Pool` that are used. */
export interface PgPool {
  connect(done: (error: Error | undefined, client: PooledClient | undefined) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
  end(): Promise<void>;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly ending?: boolean;
  readonly options: object;
}

interface PgResult {
  readonly rows: unknown[][];
  readonly rowCount: number | null;
  readonly command: string;
}

// Values arrive as text whatever parsers the host registered with pg.types; statements cast what they need.
const textTypes = { getTypeParser: () => (value: unknown) => value };

// A connection that dies while it is checked out emits `error`, which ends the process if nobody listens.
// The failure itself reaches us through the rejected query.
export const ignoreError = (): void => undefined;

/** Runs statements through a `pg.Pool`, one checkout for each operation. */
export function pgPoolDriver(pool: PgPool, deadlines: Deadlines): AsyncDriver {
  // pg ends the process when an idle connection dies and nobody listens. Each of us that shares a pool adds and
  // takes away a listener of its own: another's may be gone first, as may the application's.
  pool.on("error", ignoreError);
  return {
    mode: "async",
    name: "pg",
    dialect: "postgres",
    native: pool,
    names: true,
    acquire: () => acquireClean(pool, deadlines),
    counts: () => ({
      open: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: (pool.options as { max?: number }).max ?? 10,
    }),
    detach: () => void pool.removeListener("error", ignoreError),
  };
}

/** Runs statements on a client whose transaction the host began. */
export function joinPgClient(client: PgClient): JoinedConnection {
  return {
    mode: "async",
    dialect: "postgres",
    state: () => pgTransactionState(client),
    query: (query) => send(client, query),
  };
}

/**
 * A client that the application gave back inside an open transaction is discarded: what we wrote on it would be
 * lost without a word when that transaction is.
 */
async function acquireClean(pool: PgPool, deadlines: Deadlines): Promise<AsyncConnection> {
  for (;;) {
    const client = await checkOut(pool, deadlines.acquireMilliseconds);
    const connection = connectionOf(client, deadlines.statementMilliseconds);
    const state = pgTransactionState(client);
    if (state === "none" || state === "unknown") return connection;
    connection.release("broken");
  }
}

function connectionOf(client: PooledClient, statementMilliseconds: number): AsyncConnection {
  return { ...pgSession(client, statementMilliseconds), release: (state) => giveBack(client, state) };
}

/** What a connection is, whoever lends the client and takes it back. */
export function pgSession(client: PgClient, statementMilliseconds: number): Omit<AsyncConnection, "release"> {
  const query = (sent: DriverQuery): Promise<DriverResult> =>
    answeredInTime(send(client, sent), { statementMilliseconds, patient: sent.patient });
  return {
    session: client,
    announcedPid: announcedPid(client),
    query,
    ...transactionByText("postgres", query),
  };
}

function giveBack(client: PooledClient, state: "reusable" | "broken"): void {
  // On a broken client the listener stays: its last `error` may still be on its way.
  if (state === "reusable") client.removeListener("error", ignoreError);
  client.release(state === "broken");
}

async function send(client: PgClient, { text, values, name }: DriverQuery): Promise<DriverResult> {
  const query = { text, values, rowMode: "array", types: textTypes, ...(name === undefined ? {} : { name }) };
  const result = (await client.query(query)) as PgResult;
  return { rows: result.rows, rowCount: result.rowCount ?? 0, command: result.command };
}

/** Takes a client from the pool; a host's pool without a connection timeout of its own would wait for ever. */
function checkOut(pool: PgPool, milliseconds: number): Promise<PooledClient> {
  // An idle client with nobody before us is handed over at once: nothing to wait for.
  if (pool.idleCount > 0 && pool.waitingCount === 0) return takeClient(pool);
  return acquiredInTime(takeClient(pool), {
    milliseconds,
    giveBack: (late) => giveBack(late, "reusable"),
    state: () => `pool: ${String(pool.totalCount)} open, ${String(pool.waitingCount)} waiting`,
  });
}

/**
 * By callback, which the pool calls while it hands the client over. A promise would settle after the rest of what
 * the socket brought was read, and a new connection that is ended at once brings its end along with its greeting.
 */
function takeClient(pool: PgPool): Promise<PooledClient> {
  return new Promise((resolve, reject) => {
    const take = (client: PooledClient): void => {
      client.on("error", ignoreError);
      resolve(client);
    };
    const refuse = (error: unknown): void => reject(pool.ending === true ? ended("pool", error) : error);
    const returned = pool.connect((error, client) => (client === undefined ? refuse(error) : take(client)));
    // A pool in a wrapper that knows promises alone.
    if (returned instanceof Promise) (returned as Promise<PooledClient>).then(take, refuse);
  });
}

export function ended(handle: "pool" | "client", cause?: unknown): AuthError {
  return new AuthError("database_closed", {
    message: `The application's ${handle} was ended; no statement can be sent`,
    cause,
  });
}

function announcedPid(client: PgClient): number | null {
  const pid = (client as { processID?: unknown }).processID;
  return typeof pid === "number" ? pid : null;
}

export function pgTransactionState(client: PgClient): TransactionState {
  const read = (client as { getTransactionStatus?: () => string | null }).getTransactionStatus;
  const status = read?.call(client);
  return status === "I" ? "none" : status === "T" ? "open" : status === "E" ? "failed" : "unknown";
}
