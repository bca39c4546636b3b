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
  readonly #joined = new Map<string, Compiled[]>();

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
    const statements = calls.map((call) => call.statement);
    for (const statement of statements) this.one(statement);
    const key = statements.map(({ id }, i) => `${id} ${String(heads[i])}`).join(" ");
    const texts = this.#joined.get(key) ?? [];
    const known = texts.find((text) => text.fits(calls));
    if (known) return known;
    const compiled = compileTogether(calls, { ...this.#context, heads });
    this.#joined.set(key, [...texts, compiled]);
    return compiled;
  }
}
