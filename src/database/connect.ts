import type { Database, Namespace, StatementsMode } from "./database.ts";
import type { AsyncDriver, SyncDriver } from "./drivers/driver.ts";
import type { RefusalClass } from "./execution/naming.ts";
import { joinHandle, openHandle } from "./handles/handle-kinds.ts";
import { resolveNamespace, type NamespaceOption } from "./namespace.ts";
import { defaultPoolLimits, type PoolLimits } from "./pool-limits.ts";

export interface ConnectOptions {
  readonly namespace?: NamespaceOption | undefined;
  readonly statements?: StatementsMode | undefined;
  readonly pool?: PoolLimits | undefined;
  readonly onNamingDisabled?: ((cause: RefusalClass) => void) | undefined;
}

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

async function fromHandle(native: unknown, ownership: Ownership): Promise<Database> {
  const { options } = ownership;
  const { connectionTimeoutSeconds, statementTimeoutSeconds } = { ...defaultPoolLimits, ...options.pool };
  const driver = await openHandle(native, {
    acquireMilliseconds: connectionTimeoutSeconds * 1000,
    statementMilliseconds: statementTimeoutSeconds * 1000,
  });
  try {
    const namespace = resolveNamespace(options.namespace, driver.dialect);
    return driver.mode === "sync"
      ? await overSync(driver, { ...ownership, native, namespace })
      : await overAsync(driver, { ...ownership, native, namespace });
  } catch (error) {
    if (driver.mode === "async") driver.detach();
    throw error;
  }
}

interface Over extends Ownership {
  readonly native: unknown;
  readonly namespace: Namespace;
}

// One process works on one kind of database: the other's half is not loaded.
async function overAsync(driver: AsyncDriver, { options, ...over }: Over): Promise<Database> {
  const [{ AsyncDatabase }, dialect] = await Promise.all([
    import("./execution/async-database.ts"),
    driver.dialect === "postgres"
      ? import("./dialects/postgres.ts").then((module) => module.postgresDialect)
      : import("./dialects/sqlite.ts").then((module) => module.sqliteDialect),
  ]);
  return new AsyncDatabase({
    ...over,
    driver,
    dialect,
    statements: options.statements ?? "auto",
    join: joinHandle,
    onNamingDisabled: options.onNamingDisabled ?? (() => undefined),
  });
}

async function overSync(driver: SyncDriver, { native, namespace, ownership, end }: Over): Promise<Database> {
  const { SyncDatabase } = await import("./execution/sync-database.ts");
  return new SyncDatabase({ driver, native, namespace, ownership, end, join: joinHandle });
}
