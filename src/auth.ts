import type { AuthOptions } from "./auth-options.ts";
import type { Core, JoinedCore } from "./core/core.ts";
import type { RequestContext } from "./core/request-context.ts";
import type { CurrentSession } from "./core/session.ts";
import type { Database } from "./database/database.ts";
import type { BrowserSessions } from "./http/browser-sessions.ts";
import type { HttpHandler } from "./http/create-handler.ts";
import type { MigrationProgress, SchemaReport } from "./schema/schema-manager.ts";

/** Who is asking: a request, its headers, or the raw session token. */
export type SessionSource = Request | Headers | string;

/**
 * A handle whose statements run at once, so that joined operations return values, not promises: a better-sqlite3 or
 * libsql `Database`, or the `DatabaseSync` of node:sqlite.
 */
export type SynchronousHandle =
  | { readonly inTransaction: boolean; pragma(text: string): unknown }
  | { readonly isTransaction: boolean; readonly isOpen: boolean; prepare(text: string): unknown };

/** The shared handle. `native` is what was handed over, or what was opened for a URL. */
export type AuthDatabase<Native> = Pick<
  Database<Native>,
  "native" | "dialect" | "namespace" | "table" | "stats"
>;

/** An authentication system on one database. */
export interface Auth<Native = unknown>
  extends Omit<Core, "getSession" | "signOut" | "within">, BrowserSessions {
  readonly database: AuthDatabase<Native>;

  /** Answers the routes under `basePath`. Never rejects: failures are problem+json (RFC 9457). */
  readonly handler: HttpHandler;

  /** The session and its user, by one statement; `null` if there is none, whatever was sent. */
  getSession(source: SessionSource): Promise<CurrentSession | null>;

  /** Ends the session at once, everywhere. False if there was none. */
  signOut(source: SessionSource, context?: RequestContext): Promise<boolean>;

  /**
   * The operations that can run inside the application's own transaction: they commit with it or leave nothing.
   *
   * `handle` is what the transaction runs on: the `pg` client that sent BEGIN, or the better-sqlite3 `Database`
   * inside `db.transaction(() => ...)`, where everything is synchronous.
   * @throws AuthError `unsupported_handle`; `transaction_required` when no transaction is open
   */
  within<H>(handle: H): JoinedCore<H extends SynchronousHandle ? "sync" : "async">;

  /** Brings the tables up to date; one statement if they are. `createAuth` has done it unless `migrate` says otherwise. */
  migrate(onProgress?: (progress: MigrationProgress) => void): Promise<SchemaReport>;

  /** Waits for what is under way and gives the handle back; ends it if it was opened for a URL and nobody else uses it. */
  close(): Promise<void>;
}

/**
 * Connects to the database, brings the tables up to date (unless `migrate` says otherwise) and returns the API.
 *
 * @throws AuthError `configuration_invalid`, `unsupported_handle`, `driver_missing`, `database_unavailable`, and
 *   what the schema manager finds: `schema_pending`, `schema_newer`, `schema_drift`, `schema_foreign_table`,
 *   `migration_edited`, `migration_failed`
 * @example
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
 * const auth = await createAuth({ database: pool });
 */
export async function createAuth<Native = unknown>(options: AuthOptions<Native>): Promise<Auth<Native>> {
  // Loaded by the first call: files that only name our types and errors import us too, and wait for none of it.
  const { composeAuth } = await import("./compose-auth.ts");
  return composeAuth(options);
}
