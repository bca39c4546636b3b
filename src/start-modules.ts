import type { Module, ModuleContext, ModuleEvent, StartedModule } from "./contract/module.ts";
import type { CookieChanges, Route } from "./contract/route.ts";
import type { Schema } from "./contract/schema.ts";
import { inBatches } from "./core/clean-up/clean-up.ts";
import type { CoreEnvironment } from "./core/core-environment.ts";
import { recordEvent } from "./core/events/event-statements.ts";
import type { CoreHooks, SignUpPart } from "./core/hooks.ts";
import { unknownClient } from "./core/input/client-details.ts";
import { ownRunner } from "./core/runner.ts";
import { createUserDirectory } from "./core/users/user-directory.ts";
import type { Keyring } from "./crypto/keyring.ts";
import { AuthError, type InputIssue } from "./errors.ts";
import type { HttpModules } from "./http/http-modules.ts";
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
}

type Started = StartedModule<object, unknown, object>;
type Running = readonly { readonly module: Module; readonly started: Started }[];

/** What modules are started with. */
export interface ModuleParts {
  readonly environment: CoreEnvironment;
  readonly keyring: Keyring;
  readonly setCookies: (changes: CookieChanges, module: string) => readonly string[];
}

/**
 * Starts modules on the core's own environment, each after those it depends on.
 * @throws AuthError `configuration_invalid`, `statement_invalid`
 */
export function startModules(given: readonly Module[], parts: ModuleParts): StartedModules {
  const { environment } = parts;
  const schemas = moduleSchemas(given);
  const modules = schemas.flatMap(({ name }) => given.find((module) => module.name === name) ?? []);
  const running = modules.map((module) => {
    environment.database.register(module.statements ?? []);
    return { module, started: module.start(contextOf(module, parts)) };
  });
  return {
    schemas,
    hooks: hooksOf(running),
    apis: Object.fromEntries(running.map(({ module, started }) => [module.name, started.api])),
    http: {
      signUp: {
        fields: modules.reduce((all, { signUpFields }) => ({ ...all, ...signUpFields }), {}),
        answers: running.flatMap(({ module, started }) => (started.hooks?.signUp ? [module.name] : [])),
      },
      errorStatuses: new Map(modules.flatMap(({ errors }) => Object.entries(errors ?? {}))),
      routes: () => routesOf(running),
    },
    cleanUp: () => cleanUpOf(running),
  };
}

/** A module's part of the schema. The core's comes before it. */
export function contextOf(
  { name, eventTypes = [] }: Module,
  { environment, keyring, setCookies }: ModuleParts,
): ModuleContext {
  const { database, clock, random, newId } = environment;
  const { get, getByEmail } = createUserDirectory(environment, ownRunner(database));
  const known = new Set<string>(eventTypes);
  return {
    database,
    clock,
    random,
    newId,
    users: { get, getByEmail },
    signer: (purpose) => keyring.signer(`${name}.${purpose}`),
    sealer: (purpose) => keyring.sealer(`${name}.${purpose}`, random),
    setCookie: (own) => setCookies({ own }, name)[0]!,
    recordEvent({ client = unknownClient, type, ...event }: ModuleEvent) {
      if (!known.has(type))
        throw invalid(`The module ${name} records ${type}, which is not among its eventTypes`);
      return recordEvent({
        ...event,
        type: type as `${string}.${string}`,
        client,
        id: newId(event.occurredAt),
      });
    },
  };
}

function hooksOf(running: Running): CoreHooks {
  const all = running.map(({ started }) => started.hooks ?? {});
  return {
    async prepareSignUp(draft, input) {
      const parts: SignUpPart[] = [];
      for (const { module, started } of running) {
        const fields = readFields(module, input);
        const { hooks } = started;
        if (!hooks?.signUp) continue;
        const cookie = draft.cookies[module.name] ?? null;
        parts.push({ name: module.name, script: await hooks.signUp({ ...draft, fields, cookie }) });
      }
      return parts;
    },
    userCreated: all.flatMap((hooks) =>
      hooks.userCreated ? [(account) => hooks.userCreated!(account)] : [],
    ),
    userDeleted: all.flatMap((hooks) => (hooks.userDeleted ? [(user) => hooks.userDeleted!(user)] : [])),
  };
}

/** @throws AuthError `invalid_input` with every issue of the module's own fields */
function readFields({ name, signUpFields = {} }: Module, input: object): object {
  const fields: Record<string, unknown> = {};
  const issues: InputIssue[] = [];
  for (const [field, schema] of Object.entries(signUpFields as Readonly<Record<string, Schema>>)) {
    const result = schema["~standard"].validate((input as Record<string, unknown>)[field]);
    if (result instanceof Promise) {
      throw invalid(`The module ${name} checks ${field} by a schema that does not answer at once`);
    }
    if (result.issues === undefined) fields[field] = result.value;
    else issues.push(...result.issues.map(({ message }) => ({ path: field, message })));
  }
  if (issues.length === 0) return fields;
  throw new AuthError("invalid_input", { message: "The input is not valid.", data: { issues } });
}

async function routesOf(running: Running): Promise<readonly Route[]> {
  const routes: Route[] = [];
  for (const { module, started } of running) {
    for (const route of (await started.routes?.()) ?? []) {
      const ownPath = route.path === `/${module.name}` || route.path.startsWith(`/${module.name}/`);
      if (!ownPath || !route.id.startsWith(`${module.name}.`)) {
        throw invalid(
          `The module ${module.name} has the route ${route.id} at ${route.path}: ids begin with ${module.name}. and paths with /${module.name}`,
        );
      }
      routes.push(route);
    }
  }
  return routes;
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
