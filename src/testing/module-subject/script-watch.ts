import type { DialectName } from "../../database/database.ts";
import type { Script, Step, Transaction, TransactionScript } from "../../database/script.ts";

/** What a script asked of the database in one run, step by step. */
type Run = readonly string[];

/** Sees every step of a module's scripts, and has them run twice when it is asked to. */
export interface ScriptWatch {
  /** The ids of all statements that were run. */
  readonly statements: ReadonlySet<string>;
  /** Text that was run and is no statement. */
  readonly texts: ReadonlySet<string>;
  noteStatement(id: string): void;
  /** The script, watched under a name. */
  watch<T>(
    script: TransactionScript<T>,
    as: { readonly name: string; readonly dialect: DialectName },
  ): TransactionScript<T>;
  /** A name for a script that has none. */
  nextName(): string;
  /**
   * Meanwhile the first run of each script is thrown away after its last step: on PostgreSQL with its whole
   * transaction, by a serialization failure, as long as that is possible; else by a savepoint.
   * @returns the runs of each script: the one that was thrown away, and those after it
   */
  replaying(work: () => Promise<unknown>): Promise<ReadonlyMap<string, readonly Run[]>>;
}

// A transaction is run four times at most, and several scripts may stand in one.
const maxConflicts = 2;
const conflict = `do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`;
const savepoint = /^(?:savepoint|rollback to savepoint|release savepoint) wispy_\d+$/;

export function createScriptWatch(): ScriptWatch {
  const statements = new Set<string>();
  const texts = new Set<string>();
  let replays: Map<string, Run[]> | null = null;
  let conflicts = 0;
  let scripts = 0;
  const note = (step: Step): readonly string[] => {
    const ids = idsOf(step);
    for (const id of ids) statements.add(id);
    if (step.kind !== "raw" || savepoint.test(step.text)) return ids;
    texts.add(step.text);
    return [step.text];
  };
  return {
    statements,
    texts,
    noteStatement: (id) => void statements.add(id),
    nextName: () => `transaction ${String((scripts += 1))}`,
    watch: (script, { name, dialect }) => {
      const run = function* (tx: Transaction, runs: Run[] | null) {
        const steps: string[] = [];
        runs?.push(steps);
        return yield* noteSteps(script(tx), (step) => void steps.push(...note(step)));
      };
      return function* (tx) {
        const runs = replays && runsOf(replays, name);
        if (runs?.length === 0) {
          const conflicting = dialect === "postgres" && (conflicts += 1) <= maxConflicts;
          yield* (conflicting ? loseToConflict : undo)(tx, (inner) => run(inner, runs));
        }
        return yield* run(tx, runs);
      };
    },
    async replaying(work) {
      const seen = (replays = new Map<string, Run[]>());
      conflicts = 0;
      try {
        await work();
      } finally {
        replays = null;
      }
      return seen;
    },
  };
}

function runsOf(replays: Map<string, Run[]>, name: string): Run[] {
  const runs = replays.get(name) ?? [];
  replays.set(name, runs);
  return runs;
}

function idsOf(step: Step): readonly string[] {
  if (step.kind === "raw") return [];
  return step.kind === "execute" ? [step.call.statement.id] : step.calls.map(({ statement }) => statement.id);
}

/** Runs the script to its end, and makes the whole transaction begin again: nothing comes after this. */
function* loseToConflict(tx: Transaction, script: TransactionScript<unknown>): Script<void> {
  yield* script(tx);
  yield* tx.raw(conflict);
}

/** Runs the script to its end, and undoes it. */
function* undo(tx: Transaction, script: TransactionScript<unknown>): Script<void> {
  const over = new Error("over");
  try {
    yield* tx.transaction(function* (inner) {
      yield* script(inner);
      throw over;
    });
  } catch (error) {
    if (error !== over) throw error;
  }
}

/** The script, with each of its steps told of before it is taken. */
function* noteSteps<T>(script: Script<T>, note: (step: Step) => void): Script<T> {
  let turn = script.next([]);
  while (turn.done !== true) {
    note(turn.value);
    let results;
    try {
      results = yield turn.value;
    } catch (error) {
      turn = script.throw(error);
      continue;
    }
    turn = script.next(results);
  }
  return turn.value;
}
