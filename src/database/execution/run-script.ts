import { AuthError } from "../../errors.ts";
import {
  createTransaction,
  type Script,
  type StatementResult,
  type Step,
  type TransactionScript,
} from "../script.ts";

/**
 * Knows whether a script of this database is running its own code at this moment. Scripts run synchronously
 * between their steps, so a call that arrives meanwhile can only come from inside the script.
 */
export class ScriptGuard {
  #depth = 0;

  /** @throws AuthError `nested_database_use` at once, instead of waiting for a connection the script holds. */
  assertOutside(): void {
    if (this.#depth === 0) return;
    throw new AuthError("nested_database_use", {
      message:
        "A transaction script used the database beside its transaction; use `yield* tx.one(...)` and its siblings",
    });
  }

  inside<T>(run: () => T): T {
    this.#depth += 1;
    try {
      return run();
    } finally {
      this.#depth -= 1;
    }
  }
}

type Performed = readonly StatementResult[];
type Turn<T> = IteratorResult<Step, T>;

/** An error after which a script must not go on: its transaction is gone, or will be run again. */
export class AbandonScript extends Error {
  constructor(cause: unknown) {
    super("The transaction cannot go on", { cause });
  }
}

/** Runs a script whose steps are promises. A failed step is thrown into the script at its `yield`, as `expose` makes it. */
export async function runScriptAsync<T>(
  script: TransactionScript<T>,
  options: {
    readonly guard: ScriptGuard;
    readonly perform: (step: Step) => Promise<Performed>;
    readonly expose: (error: unknown) => unknown;
  },
): Promise<T> {
  const generator = start(script, options.guard);
  let turn = options.guard.inside(() => generator.next([]));
  while (!turn.done) {
    turn = await options.perform(checked(turn)).then(
      (results) => options.guard.inside(() => generator.next(results)),
      (error: unknown) => fail(generator, { error, ...options }),
    );
  }
  return turn.value;
}

/** Runs a script from start to end in one tick of the event loop. */
export function runScriptSync<T>(
  script: TransactionScript<T>,
  options: {
    readonly guard: ScriptGuard;
    readonly perform: (step: Step) => Performed;
    readonly expose: (error: unknown) => unknown;
  },
): T {
  const generator = start(script, options.guard);
  let turn = options.guard.inside(() => generator.next([]));
  while (!turn.done) {
    const step = checked(turn);
    let results: Performed;
    try {
      results = options.perform(step);
    } catch (error) {
      turn = fail(generator, { error, ...options });
      continue;
    }
    turn = options.guard.inside(() => generator.next(results));
  }
  return turn.value;
}

function start<T>(script: TransactionScript<T>, guard: ScriptGuard): Script<T> {
  const generator = guard.inside(() => script(createTransaction())) as Script<T> | undefined;
  if (typeof generator?.next === "function" && Symbol.iterator in generator) return generator;
  throw new AuthError("script_invalid", {
    message:
      "A transaction script is a generator function (function*): it yields statements and awaits nothing",
  });
}

function checked<T>(turn: Turn<T>): Step {
  const step = turn.value as Step | undefined;
  if (step?.kind === "execute" || step?.kind === "together" || step?.kind === "raw") return step;
  throw new AuthError("script_invalid", {
    message:
      "A transaction script yielded something that is not a statement; only `yield* tx....` may stand in it",
  });
}

function fail<T>(
  generator: Script<T>,
  { error, guard, expose }: { error: unknown; guard: ScriptGuard; expose: (error: unknown) => unknown },
): Turn<T> {
  if (error instanceof AbandonScript) throw error.cause;
  return guard.inside(() => generator.throw(expose(error)));
}
