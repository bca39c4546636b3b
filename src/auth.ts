import type { AuthOptions } from "./auth-options.ts";
import { systemClock } from "./clock.ts";
import type { Core, JoinedCore } from "./core/core.ts";
import { createCore } from "./core/create-core.ts";
import { coreSchema } from "./core/migrations/core-schema.ts";
import type { RequestContext } from "./core/request-context.ts";
import type { ResultMode } from "./core/runner.ts";
import type { CurrentSession } from "./core/session.ts";
import { connect } from "./database/connect.ts";
import type { Database } from "./database/database.ts";
import { type BrowserSessions, createBrowserSessions } from "./http/browser-sessions.ts";
import type { HttpHandler } from "./http/create-handler.ts";
import { parseHttpSettings, type HttpSettings } from "./http/http-settings.ts";
import { pooledRandom } from "./ids.ts";
import { consoleLog, withoutFailures, type Log } from "./log.ts";
import type { MigrationProgress, SchemaManager, SchemaReport } from "./schema/schema-manager.ts";

/** Who is asking: a request, its headers, or the raw session token. */
export type SessionSource = Request | Headers | string;

/** A handle whose statements run at once, such as a better-sqlite3 `Database`: joined operations return values, not promises. */
export interface SynchronousHandle {
  readonly inTransaction: boolean;
  pragma(text: string): unknown;
}

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
  const { clock = systemClock } = options;
  const log = withoutFailures(options.log ?? consoleLog);
  const settings = parseHttpSettings(options);
  const database = await connect<Native>(options.database, {
    namespace: options.namespace,
    statements: options.statements,
    pool: options.pool,
    onNamingDisabled: (cause) => log({ event: "statements_unnamed", cause }),
  });
  try {
    const core = createCore({
      database,
      clock,
      random: options.random ?? pooledRandom(),
      session: options.session,
      lockout: options.lockout,
      password: options.password,
      report: log,
    });
    const openSchema = async (): Promise<SchemaManager> => {
      // Loaded when it is needed: at most once in a process's life, and never with `migrate: "off"`.
      const { SchemaManager } = await import("./schema/schema-manager.ts");
      return new SchemaManager({
        database,
        clock,
        modules: [coreSchema],
        allowNewerSchema: options.allowNewerSchema ?? false,
      });
    };
    await startSchema(openSchema, { mode: options.migrate ?? "auto", database, log });
    return compose({ database, core, openSchema, settings, clock, log });
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function startSchema(
  openSchema: () => Promise<SchemaManager>,
  {
    mode,
    database,
    log,
  }: { readonly mode: "auto" | "verify" | "off"; readonly database: Database; readonly log: Log },
): Promise<void> {
  if (mode === "off") {
    // Without a look at the schema nothing has told yet whether a pooler is in between.
    if (database.dialect === "postgres") await database.inspect("select pg_backend_pid()");
    return;
  }
  const schema = await openSchema();
  reportSchema(mode === "auto" ? await schema.migrate() : await schema.verify(), log);
}

function reportSchema({ drift, newer }: SchemaReport, log: Log): void {
  if (drift.length > 0) log({ event: "schema_drift", differences: drift });
  for (const module of newer) log({ event: "schema_newer", ...module });
}

interface Parts<Native> {
  readonly database: Database<Native>;
  readonly core: Core;
  readonly openSchema: () => Promise<SchemaManager>;
  readonly settings: HttpSettings;
  readonly clock: NonNullable<AuthOptions["clock"]>;
  readonly log: Log;
}

function compose<Native>({ database, core, openSchema, settings, clock, log }: Parts<Native>): Auth<Native> {
  const browserSessions = createBrowserSessions(settings, clock);
  const tokenOf = (source: SessionSource): string =>
    typeof source === "string" ? source : (browserSessions.readRequest(source).token ?? "");
  return {
    ...core,
    ...browserSessions,
    database,
    handler: loadedOnDemand(async () => {
      const { createHandler } = await import("./http/create-handler.ts");
      const operations = { ...core, health: () => database.query("select 1") };
      return createHandler({ operations, settings, clock, log });
    }),
    getSession: (source) => core.getSession(tokenOf(source)),
    signOut: (source, context) => core.signOut(tokenOf(source), context),
    within: <H>(handle: H) =>
      core.within(handle) as JoinedCore<ResultMode> as JoinedCore<
        H extends SynchronousHandle ? "sync" : "async"
      >,
    migrate: async (onProgress) => {
      const report = await (await openSchema()).migrate(onProgress);
      reportSchema(report, log);
      return report;
    },
    close: () => database.close(),
  };
}

/** Programs that only call the library, such as jobs and scripts, never load the routes. */
function loadedOnDemand(load: () => Promise<HttpHandler>): HttpHandler {
  let handler: Promise<HttpHandler> | undefined;
  return async (request, info) => {
    handler ??= load();
    return (await handler)(request, info);
  };
}
