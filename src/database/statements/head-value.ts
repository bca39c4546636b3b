import { AuthError } from "../../errors.ts";
import type { Call, Statement } from "./statement.ts";

/**
 * Stands among the parameters of a chained statement for what the head of its chain returns: so that what one statement
 * decides under its lock, the others write, in one round trip.
 */
export class HeadValue<T> {
  /** Never set: carries `T` for inference. */
  declare readonly valueOf_?: T;
  /** Of the head's output. */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Parameters, each as a value or as one that the head of the chain returns. */
export type Given<P> = { readonly [K in keyof P]: P[K] | HeadValue<P[K]> };

/**
 * What the head of a chain returns under a name.
 *
 * @example
 * const head = countOrder.with({ customerId });
 * yield* tx.chain(head, [insertOrder.with({ id, customerId, number: headValue(countOrder, "orders") })]);
 */
export function headValue<R, K extends keyof R & string>(
  _head: Statement<never, R>,
  name: K,
): HeadValue<R[K]> {
  return new HeadValue(name);
}

/** A call with what its head has returned in the place of head values: for chains that run one after the other. */
export function withHeadValues<R>(call: Call<R>, head: unknown): Call<R> {
  const entries = Object.entries(call.params);
  if (!entries.some(([, value]) => value instanceof HeadValue)) return call;
  const returned = head as Readonly<Record<string, unknown>>;
  const params = entries.map(([name, value]) => {
    if (!(value instanceof HeadValue)) return [name, value];
    if (!Object.hasOwn(returned, value.name)) throw noSuchOutput(call.statement, value);
    return [name, returned[value.name]];
  });
  return { ...call, params: Object.fromEntries(params) as Call<R>["params"] };
}

export function noSuchOutput({ id }: { readonly id: string }, { name }: HeadValue<unknown>): AuthError {
  return new AuthError("statement_invalid", {
    message: `Statement ${id} takes ${name} from the head of a chain, which returns nothing of that name and kind`,
  });
}
