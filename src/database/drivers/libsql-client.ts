import { AuthError } from "../../errors.ts";
import type { Deadlines } from "./deadlines.ts";
import type { AsyncConnection, AsyncDriver, DriverQuery, DriverResult, JoinedConnection } from "./driver.ts";
import { askForeignKeys, noAnswer, requireForeignKeys } from "./foreign-keys.ts";
import { askFiles, requireLocalFile } from "./libsql-local.ts";
import {
  beginImmediate,
  commit,
  read,
  send,
  type LibsqlClient,
  type LibsqlTransaction,
} from "./libsql-transaction.ts";
import { turnsOf } from "./turns.ts";

/**
 * Looks at what the client works on, and makes a driver of it.
 * @throws AuthError `unsupported_handle` unless it is a local file or memory, `configuration_invalid`, `database_closed`
 */
export async function openLibsqlClient(client: LibsqlClient, deadlines: Deadlines): Promise<AsyncDriver> {
  assertOpen(client);
  try {
    requireLocalFile(await send(client, askFiles));
    await checkForeignKeys((query) => send(client, query));
    const { rows } = await send(client, { text: "PRAGMA journal_mode", values: [] });
    return libsqlClientDriver(client, { ...deadlines, readsWait: rows[0]?.[0] !== "wal" });
  } catch (cause) {
    throw noAnswer(cause);
  }
}

interface Settings extends Pick<Deadlines, "acquireMilliseconds"> {
  /** Whether a read may find the file locked. */
  readonly readsWait: boolean;
}

/**
 * Runs statements through a client on a local file or memory. The client gives every transaction a connection of its
 * own, and an in-memory database has one in all; a second write of ours would only find the file locked, and so our
 * operations take turns. Beneath its promises the client is synchronous: a turn costs no waiting.
 */
function libsqlClientDriver(client: LibsqlClient, { acquireMilliseconds, readsWait }: Settings): AsyncDriver {
  const turns = turnsOf(client);
  const readAlone = (query: DriverQuery): Promise<DriverResult> =>
    readsWait ? read(client, query) : send(client, query);
  return {
    mode: "async",
    name: "@libsql/client",
    dialect: "sqlite",
    native: client,
    names: false,
    async acquire() {
      const endTurn = await turns.take(acquireMilliseconds);
      try {
        assertOpen(client);
      } catch (error) {
        endTurn();
        throw error;
      }
      return connectionOf(client, { readAlone, endTurn });
    },
    counts: () => ({ open: 1, idle: turns.idle ? 1 : 0, waiting: turns.waiting, max: 1 }),
    detach: () => undefined,
  };
}

/** Runs statements in a transaction of the application. */
export function joinLibsqlTransaction(transaction: LibsqlTransaction): JoinedConnection {
  let checked: Promise<void> | undefined;
  const query = (sent: DriverQuery): Promise<DriverResult> => send(transaction, sent);
  return {
    mode: "async",
    dialect: "sqlite",
    state: () => (transaction.closed ? "none" : "open"),
    async query(sent) {
      await (checked ??= checkForeignKeys(query));
      return query(sent);
    },
  };
}

const onlyReads = /^\s*(select|pragma)\b/i;

interface Lent {
  readonly readAlone: (query: DriverQuery) => Promise<DriverResult>;
  readonly endTurn: () => void;
}

function connectionOf(client: LibsqlClient, { readAlone, endTurn }: Lent): AsyncConnection {
  let transaction: LibsqlTransaction | undefined;
  const query = (sent: DriverQuery): Promise<DriverResult> =>
    transaction === undefined ? alone(sent) : send(transaction, sent);
  const begin = async (): Promise<void> => {
    transaction = await beginImmediate(client);
    await checkForeignKeys(query);
  };
  const end = (): void => {
    const open = transaction;
    transaction = undefined;
    open?.close();
  };
  const commitAll = async (): Promise<boolean> => {
    if (transaction !== undefined) await commit(transaction);
    end();
    return true;
  };
  const alone = async (sent: DriverQuery): Promise<DriverResult> => {
    if (onlyReads.test(sent.text)) return readAlone(sent);
    try {
      await begin();
      const result = await query(sent);
      await commitAll();
      return result;
    } finally {
      end();
    }
  };
  return {
    session: client,
    announcedPid: null,
    query,
    begin,
    commit: commitAll,
    rollback: async () => end(),
    release() {
      try {
        end();
      } finally {
        endTurn();
      }
    },
  };
}

/** Each transaction may have a connection of its own, and each connection a setting of its own. */
async function checkForeignKeys(query: (query: DriverQuery) => Promise<DriverResult>): Promise<void> {
  requireForeignKeys(await query(askForeignKeys), "PRAGMA foreign_keys = ON on each connection");
}

function assertOpen(client: LibsqlClient): void {
  if (!client.closed) return;
  throw new AuthError("database_closed", { message: "The application's libSQL client was closed" });
}
