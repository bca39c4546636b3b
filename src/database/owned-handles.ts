import { resolve } from "node:path";
import { randomInt } from "node:crypto";
import { AuthError } from "../errors.ts";
import type { SqliteFile } from "./drivers/open-sqlite-file.ts";
import type { PgPool } from "./drivers/pg.ts";
import type { PoolLimits } from "./pool-limits.ts";

type Native = PgPool | SqliteFile;

/** A handle of ours, shared by everybody in this process who names the same URL. */
export interface OwnedHandle {
  readonly native: Native;
  /** Gives up one use; the last one ends the handle. */
  release(): Promise<void>;
}

interface Entry {
  users: number;
  readonly limits: string;
  readonly opened: Promise<Native>;
}

// The one piece of process-wide state, under a registered symbol so that two copies of this package (a hot
// reload, a duplicate in node_modules) still share one pool.
const registryKey = Symbol.for("wispy-auth.owned-handles");
const registry = ((globalThis as Record<symbol, unknown>)[registryKey] ??= new Map()) as Map<string, Entry>;

/**
 * Opens the handle for a URL, or takes a share of the one that is open already.
 * @throws AuthError `configuration_invalid` for a URL of another kind, or one open with other limits;
 *   `driver_missing` if the driver package is not installed
 */
export async function takeOwnedHandle(url: string, limits: Required<PoolLimits>): Promise<OwnedHandle> {
  const target = parseUrl(url);
  const key = target.kind === "sqlite" ? `sqlite:${target.path}` : url;
  const entry = registry.get(key) ?? openEntry(key, { target, limits });
  if (target.kind === "postgres" && entry.limits !== JSON.stringify(limits)) {
    throw new AuthError("configuration_invalid", {
      message:
        "This URL is open in this process already, with other pool limits; give every instance the same",
    });
  }
  entry.users += 1;
  const released = { done: false };
  try {
    return { native: await entry.opened, release: () => release(key, { entry, released }) };
  } catch (error) {
    await release(key, { entry, released }).catch(() => undefined);
    throw error;
  }
}

type Target =
  { readonly kind: "postgres"; readonly url: string } | { readonly kind: "sqlite"; readonly path: string };

function parseUrl(url: string): Target {
  if (/^postgres(ql)?:\/\//.test(url)) return { kind: "postgres", url };
  if (url.startsWith("sqlite:")) {
    const path = url.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
    if (path === "")
      throw new AuthError("configuration_invalid", { message: "The URL sqlite: names no file" });
    return { kind: "sqlite", path: path === ":memory:" ? path : resolve(path) };
  }
  throw new AuthError("configuration_invalid", {
    message: "A database URL begins with postgres://, postgresql:// or sqlite:",
  });
}

function openEntry(key: string, { target, limits }: { target: Target; limits: Required<PoolLimits> }): Entry {
  const opened = target.kind === "postgres" ? openPool(target.url, limits) : openFile(target.path);
  const entry: Entry = { users: 0, limits: JSON.stringify(limits), opened };
  registry.set(key, entry);
  return entry;
}

async function release(
  key: string,
  { entry, released }: { entry: Entry; released: { done: boolean } },
): Promise<void> {
  if (released.done) return;
  released.done = true;
  entry.users -= 1;
  if (entry.users > 0) return;
  if (registry.get(key) === entry) registry.delete(key);
  const native = await entry.opened;
  if ("end" in native) await native.end();
  else native.close();
}

async function openPool(url: string, limits: Required<PoolLimits>): Promise<PgPool> {
  const { default: pg } = await importPg();
  const pool = new pg.Pool({
    connectionString: url,
    max: limits.max,
    min: Math.min(limits.idle, limits.max),
    idleTimeoutMillis: 10_000,
    connectionTimeoutMillis: limits.connectionTimeoutSeconds * 1000,
    application_name: "wispy-auth",
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // Read by pg for each new connection: the spread keeps a burst of connections from ending together.
  Object.defineProperty(pool.options, "maxLifetimeSeconds", {
    get: () => (limits.lifetimeSeconds * randomInt(900, 1101)) / 1000,
  });
  return pool;
}

async function openFile(path: string): Promise<SqliteFile> {
  const { openSqliteFile } = await import("./drivers/open-sqlite-file.ts");
  return openSqliteFile(path);
}

async function importPg(): Promise<typeof import("pg")> {
  try {
    return await import("pg");
  } catch (cause) {
    const other = await import("postgres").then(
      () => ". postgres.js is installed: its `sql` can be lent in place of the URL",
      () => "",
    );
    throw new AuthError("driver_missing", {
      message: `A postgres: URL needs the package pg: npm install pg${other}`,
      cause,
    });
  }
}
