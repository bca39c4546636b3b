import { AuthError } from "../errors.ts";
import type { Database, Namespace, StatementsMode } from "./database.ts";
import {
  betterSqlite3Driver,
  isBetterSqlite3,
  type BetterSqlite3Database,
} from "./drivers/better-sqlite3.ts";
import type { AsyncDriver, JoinedConnection, SyncDriver } from "./drivers/driver.ts";
import { isPgClient, isPgPool, joinPgClient, pgClientDriver, pgPoolDriver } from "./drivers/pg.ts";
import type { RefusalClass } from "./execution/naming.ts";
import { resolveNamespace, type NamespaceOption } from "./namespace.ts";
import { defaultPoolLimits, type PoolLimits } from "./pool-limits.ts";

export interface ConnectOptions {
  readonly namespace?: NamespaceOption | undefined;
  readonly statements?: StatementsMode | undefined;
  readonly pool?: PoolLimits | undefined;
  readonly onNamingDisabled?: ((cause: RefusalClass) => void) | undefined;
}

const accepted =
  "a pg.Pool, a pg.Client, a better-sqlite3 Database, or a URL (postgres://..., sqlite:./app.db, sqlite::memory:)";

/**
 * Makes a {@link Database} of what the application handed over. A handle is borrowed: never reconfigured,
 * never closed. A URL is opened once per process and closed by its last user.
 * @throws AuthError `unsupported_handle`, `configuration_invalid`, `driver_missing`, `database_unavailable`
 */
export async function connect<Native>(
  source: Native | string,
  options: ConnectOptions = {},
): Promise<Database<Native>> {
  const made =
    typeof source === "string"
      ? await fromUrl(source, options)
      : await fromHandle(source, { options, ownership: "borrowed", end: async () => undefined });
  return made as Database<Native>;
}

interface Ownership {
  readonly options: ConnectOptions;
  readonly ownership: "owned" | "borrowed";
  readonly end: () => Promise<void>;
}

async function fromUrl(url: string, options: ConnectOptions): Promise<Database> {
  const { takeOwnedHandle } = await import("./owned-handles.ts");
  const handle = await takeOwnedHandle(url, { ...defaultPoolLimits, ...options.pool });
  try {
    return await fromHandle(handle.native, { options, ownership: "owned", end: () => handle.release() });
  } catch (error) {
    await handle.release();
    throw error;
  }
}

async function fromHandle(handle: unknown, ownership: Ownership): Promise<Database> {
  if (typeof handle === "object" && handle !== null) {
    const { connectionTimeoutSeconds, statementTimeoutSeconds } = {
      ...defaultPoolLimits,
      ...ownership.options.pool,
    };
    const deadlines = {
      acquireMilliseconds: connectionTimeoutSeconds * 1000,
      statementMilliseconds: statementTimeoutSeconds * 1000,
    };
    if (isPgPool(handle)) {
      refuseBinary(handle.options);
      return overPostgres(() => pgPoolDriver(handle, deadlines), ownership);
    }
    if (isPgClient(handle)) {
      refuseBinary(handle);
      return overPostgres(() => pgClientDriver(handle, deadlines), ownership);
    }
    if (isBetterSqlite3(handle)) return overSqlite(handle, ownership);
  }
  throw new AuthError("unsupported_handle", { message: `\`database\` takes ${accepted}` });
}

// One process works on one kind of database: the other's half is not loaded.
async function overPostgres(
  open: () => AsyncDriver,
  { options, ownership, end }: Ownership,
): Promise<Database> {
  const { AsyncDatabase } = await import("./execution/async-database.ts");
  const namespace = resolveNamespace(options.namespace, "postgres");
  return new AsyncDatabase({
    // Only now, when nothing can throw any more: it listens on the handle until it is closed.
    driver: open(),
    ownership,
    namespace,
    statements: options.statements ?? "auto",
    join: joinPostgres,
    onNamingDisabled: options.onNamingDisabled ?? (() => undefined),
    end,
  });
}

async function overSqlite(
  handle: BetterSqlite3Database,
  { options, ownership, end }: Ownership,
): Promise<Database> {
  const { SyncDatabase } = await import("./execution/sync-database.ts");
  const namespace: Namespace = resolveNamespace(options.namespace, "sqlite");
  if (handle.open && Number(handle.pragma("foreign_keys", { simple: true })) !== 1) {
    throw new AuthError("configuration_invalid", {
      message:
        "Foreign keys are off on this SQLite handle; run db.pragma('foreign_keys = ON') before createAuth",
    });
  }
  const driver = betterSqlite3Driver(handle);
  return new SyncDatabase({ driver, ownership, namespace, join: (other) => joinSqlite(other, driver), end });
}

function joinPostgres(handle: unknown): JoinedConnection {
  if (typeof handle === "object" && handle !== null && isPgClient(handle)) return joinPgClient(handle);
  throw new AuthError("unsupported_handle", {
    message:
      "auth.within() takes the client that your transaction runs on: a pg.Client, or one from pool.connect()",
  });
}

function joinSqlite(handle: unknown, own: SyncDriver): SyncDriver {
  if (handle === own.native) return own;
  if (typeof handle === "object" && handle !== null && isBetterSqlite3(handle))
    return betterSqlite3Driver(handle);
  throw new AuthError("unsupported_handle", {
    message: "auth.within() takes the better-sqlite3 Database that your transaction runs on",
  });
}

/** pg's option `binary` turns every result into bytes that it has decoded as UTF-8 already; no query can decline it. */
function refuseBinary(options: object): void {
  if (!("binary" in options) || options.binary !== true) return;
  throw new AuthError("configuration_invalid", {
    message: "The pg option `binary` garbles results; leave it out of the pool's or client's options",
  });
}
