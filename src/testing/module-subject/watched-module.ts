import type {
  Module,
  ModuleContext,
  ModuleDatabase,
  ModuleEvent,
  ModuleHooks,
  StartedModule,
} from "../../contract/module.ts";
import type { Route } from "../../contract/route.ts";
import type { ModuleAccounts, ModuleSignUp, ProvenSignIn } from "../../contract/accounts.ts";
import type { DialectName } from "../../database/database.ts";
import type { Chain, TransactionScript } from "../../database/script.ts";
import { createScriptWatch, type ScriptWatch } from "./script-watch.ts";

type Started = StartedModule<object, unknown, object>;
type Hooks = ModuleHooks<object, unknown>;

/** The hooks that give a script for somebody else's transaction. */
const scriptHooks = [
  "userCreated",
  "addressTaken",
  "signIn",
  "sessionOpened",
  "userChanged",
  "userDeleted",
] as const satisfies readonly (keyof Hooks)[];

/** What a module does while it is watched. */
export interface ModuleWatch {
  readonly scripts: ScriptWatch;
  readonly events: readonly ModuleEvent[];
  /** What the last start gave. */
  readonly started: Started | undefined;
  /** Loaded with the first request. */
  readonly routes: readonly Route[];
  /** How often it was told that the end has come. */
  readonly closings: number;
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
  let closings = 0;
  return {
    scripts,
    events,
    get started() {
      return started;
    },
    get routes() {
      return routes;
    },
    get closings() {
      return closings;
    },
    queryNames: namesOf,
    watch: (module) => ({
      ...module,
      start(context) {
        const { dialect } = context.database;
        started = module.start(watchContext(context, { scripts, events }));
        const { hooks, routes: load, close } = started;
        const loadRoutes = async (): Promise<readonly Route[]> => {
          routes = (await load?.()) ?? [];
          return routes.map((route) => watchQuery(route, namesOf(route.id)));
        };
        return {
          ...started,
          ...(hooks && { hooks: watchHooks(hooks, { scripts, dialect }) }),
          ...(load && { routes: loadRoutes }),
          ...(close && {
            close: () => {
              closings += 1;
              return close.call(started);
            },
          }),
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
    accounts: watchAccounts(context.accounts, { scripts, dialect: context.database.dialect }),
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
      // A single step is sent without a transaction around it: there is nothing to be run again.
      options?.singleStep === true
        ? database.transaction(script, options)
        : database.transaction(scripts.watch(script, { name: scripts.nextName(), dialect }), options),
  };
}

interface Watching {
  readonly scripts: ScriptWatch;
  readonly dialect: DialectName;
}

/** The scripts that a module adds to the transactions in which it opens sessions and makes accounts. */
function watchAccounts(accounts: ModuleAccounts, { scripts, dialect }: Watching): ModuleAccounts {
  const watched = <I extends ProvenSignIn | ModuleSignUp>(input: I): I => {
    const { script } = input;
    if (!script) return input;
    const name = scripts.nextName();
    return { ...input, script: (user) => scripts.watch(script(user), { name, dialect }) };
  };
  return {
    ...accounts,
    openSession: (proof) => accounts.openSession(watched(proof)),
    signUp: (input) => accounts.signUp(watched(input)),
  };
}

function watchHooks(hooks: Hooks, { scripts, dialect }: Watching): Hooks {
  const as = (name: keyof Hooks) => ({ name, dialect });
  const watched: Record<string, unknown> = {};
  for (const name of scriptHooks) {
    const hook = hooks[name]?.bind(hooks) as ((told: unknown) => TransactionScript<unknown>) | undefined;
    if (hook) watched[name] = (told: unknown) => scripts.watch(hook(told), as(name));
  }
  const { signUp } = hooks;
  return {
    ...hooks,
    ...(watched as Hooks),
    ...(signUp && {
      async signUp(draft) {
        const make = await signUp.call(hooks, draft);
        if (make === null) return null;
        return (account) => {
          const part = make(account);
          if (typeof part === "function") return scripts.watch(part, as("signUp"));
          // Statements alone: nothing of it can be different when it is run again.
          noteChain(part, scripts);
          return part;
        };
      },
    }),
  };
}

function noteChain({ head, rest }: Chain, scripts: ScriptWatch): void {
  scripts.noteStatement(head.statement.id);
  for (const one of rest) {
    if ("head" in one) noteChain(one, scripts);
    else scripts.noteStatement(one.statement.id);
  }
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
