import type { Module, StartedModule } from "./contract/module.ts";
import type { Schema } from "./contract/schema.ts";
import type { CoreHooks, SignUpPart } from "./core/hooks.ts";
import { pendingSignIn } from "./core/pending.ts";
import { AuthError, type InputIssue } from "./errors.ts";

/** A module at work. */
export interface RunningModule {
  readonly module: Module;
  readonly started: StartedModule<object, unknown, object>;
}

/** The hooks of all modules as the core calls them, in the order of the modules. */
export function hooksOf(running: readonly RunningModule[]): CoreHooks {
  const all = running.map(({ started }) => started.hooks ?? {});
  return {
    async attempted(attempt) {
      for (const hooks of all) await hooks.attempted?.(attempt);
    },
    prepareSignUp: (draft, input) => prepareSignUp(running, draft, input),
    userCreated: all.flatMap((hooks) =>
      hooks.userCreated ? [(account) => hooks.userCreated!(account)] : [],
    ),
    sessionOpened: all.flatMap((hooks) =>
      hooks.sessionOpened ? [(opened) => hooks.sessionOpened!(opened)] : [],
    ),
    userChanged: all.flatMap((hooks) => (hooks.userChanged ? [(change) => hooks.userChanged!(change)] : [])),
    userDeleted: all.flatMap((hooks) => (hooks.userDeleted ? [(user) => hooks.userDeleted!(user)] : [])),
    ...holdingHooks(running),
  };
}

async function prepareSignUp(
  running: readonly RunningModule[],
  draft: Parameters<CoreHooks["prepareSignUp"]>[0],
  input: object,
): Promise<readonly SignUpPart[]> {
  const parts: SignUpPart[] = [];
  for (const { module, started } of running) {
    const fields = readFields(module, input);
    const { hooks } = started;
    if (!hooks?.signUp) continue;
    const cookie = draft.cookies[module.name] ?? null;
    parts.push({ name: module.name, script: await hooks.signUp({ ...draft, fields, cookie }) });
  }
  return parts;
}

/** What can end an operation without a session; the types of its result come from `holdsUp`, so it must be there. */
function holdingHooks(running: readonly RunningModule[]): Pick<CoreHooks, "gates" | "addressTaken"> {
  for (const { module, started } of running) {
    const { holdsUp = [] } = module;
    if (started.hooks?.signIn && holdsUp.length === 0) throw undeclared(module, "signIn");
    if (started.hooks?.addressTaken && !holdsUp.includes("signUp")) throw undeclared(module, "addressTaken");
  }
  return {
    gates: running.flatMap(({ module, started: { hooks } }) =>
      hooks?.signIn
        ? [
            {
              module: module.name,
              operations: module.holdsUp ?? [],
              check: (proven) => hooks.signIn!(proven),
            },
          ]
        : [],
    ),
    addressTaken: running.flatMap(({ module, started: { hooks } }) =>
      hooks?.addressTaken
        ? [
            (draft) =>
              function* (tx) {
                const step = yield* hooks.addressTaken!(draft)(tx);
                return step && pendingSignIn(module.name, step);
              },
          ]
        : [],
    ),
  };
}

function undeclared({ name }: Module, hook: string): AuthError {
  return invalid(`The module ${name} has the hook ${hook}, and no holdsUp that says what it may hold up`);
}

/** @throws AuthError `invalid_input` with every issue of the module's own fields */
export function readFields({ name, signUpFields = {} }: Module, input: object): object {
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

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message });
}
