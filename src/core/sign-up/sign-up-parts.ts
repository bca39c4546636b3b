import type { TransactionScript } from "../../database/script.ts";
import type { NewAccount, SignUpChain, SignUpPart } from "../hooks.ts";

/** What the parts of a sign-up answered. */
export interface SignUpAnswers {
  /** By the names of the parts. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Of chains whose head returned nothing: to be run once the account is there for good. */
  readonly owed: readonly { readonly name: string; readonly script: TransactionScript<unknown> }[];
}

/** The parts of one sign-up. */
export interface StartedParts {
  /** To be written with the account. */
  readonly chains: readonly SignUpChain<unknown>[];
  /** To be run after it. */
  readonly scripts: readonly TransactionScript<unknown>[];
  /** Runs the scripts; `heads` are what the heads of the chains returned. */
  run(heads: readonly unknown[]): TransactionScript<SignUpAnswers>;
}

/** Asks every part what it does for an account. */
export function startParts(parts: readonly SignUpPart[], account: NewAccount): StartedParts {
  const started = parts.map(({ name, script }) => ({ name, part: script?.(account) ?? null }));
  const chains = started.flatMap(({ part }) => (isChain(part) ? [part] : []));
  return {
    chains,
    scripts: started.flatMap(({ part }) => (isChain(part) || part === null ? [] : [part])),
    run: (heads) =>
      function* (tx) {
        const answers: Record<string, unknown> = {};
        const owed: SignUpAnswers["owed"][number][] = [];
        for (const { name, part } of started) {
          if (!isChain(part)) answers[name] = part && (yield* part(tx));
          else if (heads[chains.indexOf(part)] !== null) answers[name] = part.answer;
          else owed.push({ name, script: part.otherwise });
        }
        return { answers, owed };
      },
  };
}

/** The answers of all parts, once those that are owed can be found. */
export function findAnswers({ answers, owed }: SignUpAnswers): TransactionScript<SignUpAnswers["answers"]> {
  return function* (tx) {
    const found = { ...answers };
    for (const { name, script } of owed) found[name] = yield* script(tx);
    return found;
  };
}

function isChain(
  part: TransactionScript<unknown> | SignUpChain<unknown> | null,
): part is SignUpChain<unknown> {
  return typeof part === "object" && part !== null;
}
