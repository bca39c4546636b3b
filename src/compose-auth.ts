import type {
  Auth,
  AuthOperations,
  JoinedOperations,
  PendingResults,
  SessionSource,
  SynchronousHandle,
} from "./auth.ts";
import type { PendingSignIn } from "./core/pending.ts";
import type { AuthOptions } from "./auth-options.ts";
import { systemClock } from "./clock.ts";
import type { Module } from "./contract/module.ts";
import type { Core } from "./core/core.ts";
import { noHooks } from "./core/hooks.ts";
import { createEnvironment } from "./core/create-environment.ts";
import { coreSchema } from "./core/migrations/core-schema.ts";
import type { ResultMode } from "./core/runner.ts";
import { connect } from "./database/connect.ts";
import type { Database } from "./database/database.ts";
import { createBrowserSessions } from "./http/browser-sessions.ts";
import { createKeyring } from "./crypto/keyring.ts";
import { AuthError } from "./errors.ts";
import { toSetCookies } from "./http/cookies/set-cookie.ts";
import type { HttpHandler } from "./http/create-handler.ts";
import { parseHttpSettings, type HttpSettings } from "./http/http-settings.ts";
import { pooledRandom } from "./ids.ts";
import type { ModuleParts } from "./module-context.ts";
import type { StartedModules } from "./start-modules.ts";
import { consoleLog, withoutFailures, type Log } from "./log.ts";
import type { SchemaManager, SchemaReport } from "./schema/schema-manager.ts";

/** What `createAuth` does. */
export async function composeAuth<Native, Modules extends readonly Module[]>(
  options: AuthOptions<Native, Modules>,
): Promise<Auth<Native, Modules>> {
  const { clock = systemClock } = options;
  const log = withoutFailures(options.log ?? consoleLog);
  const settings = parseHttpSettings(options);
  const database = await connect<Native>(options.database, {
    namespace: options.namespace,
    statements: options.statements,
    pool: options.pool,
    onNamingDisabled: (cause) => log({ event: "statements_unnamed", cause }),
  });
  let modules: StartedModules | null = null;
  try {
    // Refuses wrong options before anything is done to the schema.
    const base = createEnvironment({
      database,
      clock,
      random: options.random ?? pooledRandom(),
      session: options.session,
      lockout: options.lockout,
      password: options.password,
      report: log,
    });
    modules = await openModules(options.modules ?? [], {
      environment: base,
      keyring: createKeyring([options.secret ?? []].flat()),
      baseUrl: settings.origins.ownOrigin,
      basePath: settings.basePath,
      log,
      setCookies: (changes, module) => toSetCookies(changes, settings.cookies, { now: clock.now(), module }),
    });
    const openSchema = async (): Promise<SchemaManager> => {
      // Loaded when it is needed: at most once in a process's life, and never with `migrate: "off"`.
      const { SchemaManager } = await import("./schema/schema-manager.ts");
      return new SchemaManager({
        database,
        clock,
        modules: modules?.schemas ?? [coreSchema],
        allowNewerSchema: options.allowNewerSchema ?? false,
      });
    };
    // The operations are loaded while the database is waited for.
    const [{ createCore }] = await Promise.all([
      import("./core/create-core.ts"),
      startSchema(openSchema, { mode: options.migrate ?? "auto", database, log }),
    ]);
    const core = createCore({ ...base, hooks: modules?.hooks ?? noHooks });
    const auth = compose({ database, core, modules, openSchema, settings, clock, log });
    const whole = withApis(auth, modules?.apis ?? {}) as Auth<Native, Modules>;
    modules?.opened();
    return whole;
  } catch (error) {
    // What went wrong first is what there is to mend.
    await end(modules, database).catch(() => undefined);
    throw error;
  }
}

/** Modules end while they have the handle; it is given back whatever becomes of them. */
async function end(modules: StartedModules | null, database: Database): Promise<void> {
  try {
    await modules?.close();
  } finally {
    await database.close();
  }
}

/** The machinery of modules is loaded only where there are some. */
async function openModules(modules: readonly Module[], parts: ModuleParts): Promise<StartedModules | null> {
  if (modules.length === 0) return null;
  const { startModules } = await import("./start-modules.ts");
  return startModules(modules, parts);
}

function withApis(auth: object, apis: Readonly<Record<string, object>>): object {
  for (const name of Object.keys(apis)) {
    if (!(name in auth)) continue;
    throw new AuthError("configuration_invalid", {
      message: `A module cannot be called ${name}: auth.${name} is something else`,
    });
  }
  return { ...auth, ...apis };
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
  readonly modules: StartedModules | null;
  readonly openSchema: () => Promise<SchemaManager>;
  readonly settings: HttpSettings;
  readonly clock: NonNullable<AuthOptions["clock"]>;
  readonly log: Log;
}

function compose<Native>({
  database,
  core,
  modules,
  openSchema,
  settings,
  clock,
  log,
}: Parts<Native>): AuthOperations<Native, unknown, unknown, PendingResults> {
  const browserSessions = createBrowserSessions(settings, clock);
  const tokenOf = (source: SessionSource): string =>
    typeof source === "string" ? source : (browserSessions.readRequest(source).token ?? "");
  const operations = { ...core, health: () => database.query("select 1") };
  const routeParts = { operations, settings, modules: modules?.http };
  return {
    ...core,
    ...browserSessions,
    database,
    handler: loadedOnDemand(async () => {
      const { createHandler } = await import("./http/create-handler.ts");
      return createHandler({ ...routeParts, clock, log });
    }),
    async openApi(description) {
      const { describeApi } = await import("./http/description/describe-api.ts");
      return describeApi(routeParts, description);
    },
    getSession: (source) => core.getSession(tokenOf(source)),
    signOut: (source, context) => core.signOut(tokenOf(source), context),
    cleanUp: async (cleaning) => ({
      ...(await core.cleanUp(cleaning)),
      modules: (await modules?.cleanUp()) ?? {},
    }),
    within: <H>(handle: H) =>
      core.within(handle) as JoinedOperations<ResultMode, unknown, PendingSignIn> as JoinedOperations<
        H extends SynchronousHandle ? "sync" : "async",
        unknown,
        PendingSignIn
      >,
    migrate: async (onProgress) => {
      const report = await (await openSchema()).migrate(onProgress);
      reportSchema(report, log);
      return report;
    },
    close: () => end(modules, database),
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
