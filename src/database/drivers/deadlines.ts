import { AuthError } from "../../errors.ts";

/** No wait is without an end: how long for a free connection, and how long for an answer. */
export interface Deadlines {
  readonly acquireMilliseconds: number;
  readonly statementMilliseconds: number;
}

/** Schema changes may rewrite a large table, and wait for other migrators. */
const patience = 20;

/**
 * Gives up on a server that fell silent. The connection is of no use then, and is discarded by its release;
 * `statement_timeout` would be session state on a borrowed connection, and a pooler would hand it on.
 */
export function answeredInTime<T>(
  pending: Promise<T>,
  {
    statementMilliseconds,
    patient,
  }: { readonly statementMilliseconds: number; readonly patient?: boolean | undefined },
): Promise<T> {
  const milliseconds = statementMilliseconds * (patient ? patience : 1);
  // On every request's path, so without a race, which would make three promises more.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const message = `The database did not answer within ${String(milliseconds)} ms`;
      reject(Object.assign(new Error(message), { code: "ETIMEDOUT" }));
    }, milliseconds);
    const settled = <V>(settle: (value: V) => void) => {
      return (value: V): void => {
        clearTimeout(timer);
        settle(value);
      };
    };
    pending.then(settled(resolve), settled(reject));
  });
}

/**
 * Gives up on a pool that has no connection free; what it hands over later goes back to it at once.
 * @throws AuthError `connection_timeout`
 */
export function acquiredInTime<T>(
  pending: Promise<T>,
  {
    milliseconds,
    giveBack,
    state,
  }: {
    readonly milliseconds: number;
    readonly giveBack: (late: T) => void;
    /** What the error says about the pool, asked when the time is over. */
    readonly state?: () => string;
  },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(noneBecameFree(milliseconds, state?.()));
      pending.then(giveBack, () => undefined);
    }, milliseconds);
    const settled = <V>(settle: (value: V) => void) => {
      return (value: V): void => {
        clearTimeout(timer);
        settle(value);
      };
    };
    pending.then(settled(resolve), settled(reject));
  });
}

export function noneBecameFree(milliseconds: number, state?: string): AuthError {
  const details = state === undefined ? "" : ` (${state})`;
  const message = `No connection became free within ${String(milliseconds)} ms${details}`;
  return new AuthError("connection_timeout", { message });
}
