import type {
  Module,
  ModuleContext,
  ModuleDatabase,
  ModuleEvent,
  ModuleHooks,
  StartedModule,
} from "../../contract/module.ts";
import type { Route } from "../../contract/route.ts";
import type { DialectName } from "../../database/database.ts";
import { createScriptWatch, type ScriptWatch } from "./script-watch.ts";

type Started = StartedModule<object, unknown, object>;
type Hooks = ModuleHooks<object, unknown>;

/** What a module does while it is watched. */
export interface ModuleWatch {
  readonly scripts: ScriptWatch;
  readonly events: readonly ModuleEvent[];
  /** What the last start gave. */
  readonly started: Started | undefined;
  /** Loaded with the first request. */
  readonly routes: readonly Route[];
  /** The names of the parameters that a route looked for in its address, by the route's id. */
  queryNames(routeId: string): ReadonlySet<string>;
  /** The module as it is, watched at everything it does. */
  watch(module: Module): Module;
}

export function createModuleWatch(): ModuleWatch {
  const scripts = createScriptWatch();
  const events: ModuleEvent[] = [];
  const queryNames = new Map<string, Set<string>>();
  const namesOf = (id: string): Set<string> => {
    const names = queryNames.get(id) ?? new Set();
    queryNames.set(id, names);
    return names;
  };
  let started: Started | undefined;
  let routes: readonly Route[] = [];
  return {
    scripts,
    events,
    get started() {
      return started;
    },
    get routes() {
      return routes;
    },
    queryNames: namesOf,
    watch: (module) => ({
      ...module,
      start(context) {
        const { dialect } = context.database;
        started = module.start(watchContext(context, { scripts, events }));
        const { hooks, routes: load } = started;
        const loadRoutes = async (): Promise<readonly Route[]> => {
          routes = (await load?.()) ?? [];
          return routes.map((route) => watchQuery(route, namesOf(route.id)));
        };
        return {
          ...started,
          ...(hooks && { hooks: watchHooks(hooks, { scripts, dialect }) }),
          ...(load && { routes: loadRoutes }),
        };
      },
    }),
  };
}

function watchContext(
  context: ModuleContext,
  { scripts, events }: { readonly scripts: ScriptWatch; readonly events: ModuleEvent[] },
): ModuleContext {
  return {
    ...context,
    database: watchDatabase(context.database, scripts),
    recordEvent(event) {
      events.push(event);
      return context.recordEvent(event);
    },
  };
}

function watchDatabase(database: ModuleDatabase, scripts: ScriptWatch): ModuleDatabase {
  const { dialect } = database;
  const noted = <S extends { readonly id: string }>(statement: S): S => {
    scripts.noteStatement(statement.id);
    return statement;
  };
  return {
    dialect,
    one: (statement, params) => database.one(noted(statement), params),
    maybeOne: (statement, params) => database.maybeOne(noted(statement), params),
    many: (statement, params) => database.many(noted(statement), params),
    run: (statement, params) => database.run(noted(statement), params),
    transaction: (script, options) =>
      database.transaction(scripts.watch(script, { name: scripts.nextName(), dialect }), options),
  };
}

function watchHooks(
  hooks: Hooks,
  { scripts, dialect }: { readonly scripts: ScriptWatch; readonly dialect: DialectName },
): Hooks {
  const { signUp, userCreated, userDeleted } = hooks;
  const as = (name: keyof Hooks) => ({ name, dialect });
  return {
    ...hooks,
    ...(signUp && {
      async signUp(draft) {
        const script = await signUp.call(hooks, draft);
        return script && ((account) => scripts.watch(script(account), as("signUp")));
      },
    }),
    ...(userCreated && {
      userCreated: (account) => scripts.watch(userCreated.call(hooks, account), as("userCreated")),
    }),
    ...(userDeleted && {
      userDeleted: (user) => scripts.watch(userDeleted.call(hooks, user), as("userDeleted")),
    }),
  };
}

function watchQuery(route: Route, names: Set<string>): Route {
  return {
    ...route,
    handle: (call) => {
      const query = new Proxy(call.query, {
        get(target, name) {
          if (typeof name === "string") names.add(name);
          return Reflect.get(target, name) as string;
        },
      });
      return route.handle({ ...call, query });
    },
  };
}
