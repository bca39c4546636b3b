import type { Module, ModuleContext, ModuleEvent } from "./contract/module.ts";
import type { CookieChanges } from "./contract/route.ts";
import type { CoreEnvironment } from "./core/core-environment.ts";
import { recordEvent } from "./core/events/event-statements.ts";
import { unknownClient } from "./core/input/client-details.ts";
import { ownRunner } from "./core/runner.ts";
import { assertFresh } from "./core/sessions/freshness.ts";
import { signOut } from "./core/sessions/end-sessions.ts";
import { createUserDirectory } from "./core/users/user-directory.ts";
import type { Keyring } from "./crypto/keyring.ts";
import { AuthError } from "./errors.ts";
import type { Log } from "./log.ts";
import { createModuleAccounts } from "./module-accounts.ts";

/** What modules are started with. */
export interface ModuleParts {
  readonly environment: CoreEnvironment;
  readonly keyring: Keyring;
  readonly setCookies: (changes: CookieChanges, module: string) => readonly string[];
  readonly baseUrl: string | null;
  readonly basePath: string;
  readonly log: Log;
}

/** What the modules know of each other. */
export interface ModuleNeighbours {
  /** What the module of that name provides; `undefined` if it provides nothing. */
  readonly provided: (module: string) => object | undefined;
  readonly checkSignUpFields: (fields: object) => void;
}

/** What one module works with. */
export function createModuleContext(
  module: Module,
  parts: ModuleParts,
  neighbours: ModuleNeighbours,
): ModuleContext {
  const { environment, keyring, setCookies, baseUrl, basePath, log } = parts;
  const { database, clock, random, newId } = environment;
  const { name } = module;
  const { get, getByEmail } = createUserDirectory(environment, ownRunner(database));
  return {
    database,
    clock,
    random,
    newId,
    users: { get, getByEmail },
    accounts: createModuleAccounts(environment, {
      module: name,
      checkSignUpFields: neighbours.checkSignUpFields,
    }),
    signer: (purpose) => keyring.signer(`${name}.${purpose}`),
    sealer: (purpose) => keyring.sealer(`${name}.${purpose}`, random),
    setCookie: (own) => setCookies({ own }, name)[0]!,
    attempt: (attempt) => environment.hooks.attempted(attempt),
    requireFresh: ({ session }) => assertFresh(environment, session.authenticatedAt),
    async answerSignIn(call, result) {
      const { answerSignIn } = await import("./http/answers/signed-in.ts");
      const end = (token: string): Promise<boolean> => signOut(environment, { token, context: call.context });
      return answerSignIn(call, result, end);
    },
    use: <Service extends object>(other: string) => useModule(module, other, neighbours) as Service,
    baseUrl,
    basePath,
    log: (incident, cause) => log({ event: "module_incident", module: name, incident, cause }),
    recordEvent: eventRecorder(module, environment),
  };
}

function useModule({ name, dependsOn = [] }: Module, other: string, { provided }: ModuleNeighbours): object {
  const service = dependsOn.includes(other) ? provided(other) : undefined;
  if (service !== undefined) return service;
  const reason = dependsOn.includes(other) ? "which provides nothing" : "which its dependsOn does not name";
  throw invalid(`The module ${name} uses ${other}, ${reason}`);
}

function eventRecorder(
  { name, eventTypes = [] }: Module,
  { newId }: CoreEnvironment,
): ModuleContext["recordEvent"] {
  const known = new Set<string>(eventTypes);
  return ({ client = unknownClient, type, ...event }: ModuleEvent) => {
    if (!known.has(type))
      throw invalid(`The module ${name} records ${type}, which is not among its eventTypes`);
    return recordEvent({
      ...event,
      type: type as `${string}.${string}`,
      client,
      id: newId(event.occurredAt),
    });
  };
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message });
}
