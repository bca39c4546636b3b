import type { StatementResult } from "../script.ts";
import { exactlyOne } from "../statements/exactly-one.ts";
import type { Statement } from "../statements/statement.ts";

/** The forms in which a lone statement gives its rows, over the one way in which a handle executes it. */
export abstract class TypedStatements {
  protected abstract execute<P, R>(statement: Statement<P, R>, params: P): Promise<StatementResult>;

  one<P, R>(statement: Statement<P, R>, params: P): Promise<R> {
    return this.execute(statement, params).then(({ rows }) => exactlyOne(statement, rows));
  }

  maybeOne<P, R>(statement: Statement<P, R>, params: P): Promise<R | null> {
    return this.execute(statement, params).then(({ rows }) => (rows[0] ?? null) as R | null);
  }

  many<P, R>(statement: Statement<P, R>, params: P): Promise<readonly R[]> {
    return this.execute(statement, params).then(({ rows }) => rows as readonly R[]);
  }

  run<P, R>(statement: Statement<P, R>, params: P): Promise<number> {
    return this.execute(statement, params).then(({ rowCount }) => rowCount);
  }
}
