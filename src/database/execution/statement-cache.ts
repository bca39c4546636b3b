import { AuthError } from "../../errors.ts";
import {
  compileOne,
  compileTogether,
  type AnyStatement,
  type CompileContext,
  type Compiled,
} from "../statements/compile.ts";
import type { Call, Heads } from "../statements/statement.ts";

/** Compiles each statement, and each combination of statements, once. */
export class StatementCache {
  readonly #context: CompileContext;
  readonly #byId = new Map<string, AnyStatement>();
  readonly #single = new Map<AnyStatement, Compiled>();
  /** By their first statement: asked for with every sign-up, so it is compared rather than spelled out as a key. */
  readonly #joined = new Map<AnyStatement, Joined[]>();

  constructor(context: CompileContext) {
    this.#context = context;
  }

  get joinsStatements(): boolean {
    return this.#context.dialect.joinsStatements;
  }

  /** Refuses one id that stands for two texts: a module would else run another module's statement. */
  register(statement: AnyStatement): Compiled {
    const known = this.#byId.get(statement.id);
    const compiled = compileOne(statement, this.#context);
    if (known && compileOne(known, this.#context).text !== compiled.text) {
      throw new AuthError("statement_invalid", {
        message: `Two different statements are called ${statement.id}`,
      });
    }
    this.#byId.set(statement.id, statement);
    this.#single.set(statement, compiled);
    return compiled;
  }

  one(statement: AnyStatement): Compiled {
    return this.#single.get(statement) ?? this.register(statement);
  }

  together(calls: readonly Call<unknown>[], heads: Heads): Compiled {
    const first = calls[0]!.statement;
    const texts = this.#joined.get(first) ?? [];
    const known = texts.find((text) => isOf(text, { calls, heads }));
    if (known) return known.compiled;
    const statements = calls.map((call) => call.statement);
    for (const statement of statements) this.one(statement);
    const compiled = compileTogether(calls, { ...this.#context, heads });
    this.#joined.set(first, [...texts, { statements, heads, compiled }]);
    return compiled;
  }
}

/** A text of several statements, and what it was made of. */
interface Joined {
  readonly statements: readonly AnyStatement[];
  readonly heads: Heads;
  readonly compiled: Compiled;
}

function isOf(
  { statements, heads, compiled }: Joined,
  given: { readonly calls: readonly Call<unknown>[]; readonly heads: Heads },
): boolean {
  const { calls } = given;
  if (statements.length !== calls.length) return false;
  for (let i = 0; i < calls.length; i += 1) {
    if (statements[i] !== calls[i]!.statement || heads[i] !== given.heads[i]) return false;
  }
  return compiled.fits(calls);
}
