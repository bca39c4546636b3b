import type { Module } from "./contract/module.ts";
import type { Route } from "./contract/route.ts";
import { inBatches } from "./core/clean-up/clean-up.ts";
import { noHooks, type CoreHooks } from "./core/hooks.ts";
import { AuthError } from "./errors.ts";
import type { HttpModules } from "./http/http-modules.ts";
import { createModuleContext, type ModuleNeighbours, type ModuleParts } from "./module-context.ts";
import { hooksOf, readFields, type RunningModule } from "./module-hooks.ts";
import { moduleSchemas } from "./module-schemas.ts";
import type { SchemaModule } from "./schema/migration.ts";

/** The modules of an `Auth`, put together. */
export interface StartedModules {
  /** The core's part first, then the modules' in the order in which they depend on each other. */
  readonly schemas: readonly SchemaModule[];
  readonly hooks: CoreHooks;
  /** By module name. */
  readonly apis: Readonly<Record<string, object>>;
  readonly http: HttpModules;
  /** Rows removed, by module and job. */
  cleanUp(): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>>;
  /** Begins what runs in the background. */
  opened(): void;
  /** Ends what runs in the background, the last one started first, each whatever the others do. */
  close(): Promise<void>;
}

type Running = readonly RunningModule[];

/**
 * Starts modules on the core's own environment, each after those it depends on. Where one cannot start, those before it
 * are closed again.
 * @throws AuthError `configuration_invalid`, `statement_invalid`; what a module throws
 */
export async function startModules(given: readonly Module[], parts: ModuleParts): Promise<StartedModules> {
  const running: RunningModule[] = [];
  try {
    return startInto(running, given, parts);
  } catch (error) {
    // What went wrong first is what there is to mend.
    await closeAll(running).catch(() => undefined);
    throw error;
  }
}

function startInto(running: RunningModule[], given: readonly Module[], parts: ModuleParts): StartedModules {
  const schemas = moduleSchemas(given);
  const modules = schemas.flatMap(({ name }) => given.find((module) => module.name === name) ?? []);
  // The hooks are those of modules that are started with them: filled in below, before anything can call one.
  const hooks: Mutable<CoreHooks> = { ...noHooks };
  const environment = { ...parts.environment, hooks };
  const neighbours: ModuleNeighbours = {
    provided: (name) => running.find(({ module }) => module.name === name)?.started.provides,
    checkSignUpFields: (fields) => {
      for (const module of modules) readFields(module, fields);
    },
  };
  for (const module of modules) {
    environment.database.register(module.statements ?? []);
    const context = createModuleContext(module, { ...parts, environment }, neighbours);
    running.push({ module, started: module.start(context) });
  }
  Object.assign(hooks, hooksOf(running));
  let closing: Promise<void> | undefined;
  return {
    schemas,
    hooks,
    apis: Object.fromEntries(running.map(({ module, started }) => [module.name, started.api])),
    http: httpOf(running),
    cleanUp: () => cleanUpOf(running),
    opened() {
      for (const { started } of running) started.opened?.();
    },
    close: () => (closing ??= closeAll(running)),
  };
}

async function closeAll(running: Running): Promise<void> {
  const failures: unknown[] = [];
  for (const { started } of [...running].reverse()) {
    try {
      await started.close?.();
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw failures[0];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function httpOf(running: Running): HttpModules {
  return {
    signUp: {
      fields: running.reduce((all, { module }) => ({ ...all, ...module.signUpFields }), {}),
      answers: running.flatMap(({ module, started }) => (started.hooks?.signUp ? [module.name] : [])),
    },
    errorStatuses: new Map(running.flatMap(({ module }) => Object.entries(module.errors ?? {}))),
    routes: () => routesOf(running),
  };
}

async function routesOf(running: Running): Promise<readonly Route[]> {
  const routes: Route[] = [];
  for (const { module, started } of running) {
    for (const route of (await started.routes?.()) ?? []) {
      const root = `/${toKebabCase(module.name)}`;
      const ownPath = route.path === root || route.path.startsWith(`${root}/`);
      if (!ownPath || !route.id.startsWith(`${module.name}.`)) {
        throw invalid(
          `The module ${module.name} has the route ${route.id} at ${route.path}: ids begin with ${module.name}. and paths with ${root}`,
        );
      }
      routes.push(route);
    }
  }
  return routes;
}

function toKebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function cleanUpOf(running: Running): ReturnType<StartedModules["cleanUp"]> {
  const removed: Record<string, Record<string, number>> = {};
  for (const { module, started } of running) {
    for (const [job, remove] of Object.entries(started.cleanUp ?? {})) {
      (removed[module.name] ??= {})[job] = await inBatches(remove);
    }
  }
  return removed;
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message });
}
