/** What callers met while something else went on. */
export interface LoadReport {
  readonly calls: number;
  /** How often each error came, by its code and message. */
  readonly errors: Readonly<Record<string, number>>;
}

/**
 * Lets `callers` call over and over until `meanwhile` has ended, each at least once. A failed call is counted and
 * followed by the next one.
 */
export async function callWhile(
  meanwhile: () => Promise<unknown>,
  load: { readonly callers: number; readonly call: (caller: number) => Promise<unknown> },
): Promise<LoadReport> {
  const errors: Record<string, number> = {};
  let calls = 0;
  let over = false;
  const caller = async (_: unknown, number: number): Promise<void> => {
    do {
      calls += 1;
      await load.call(number).catch((error: unknown) => {
        const text = describeError(error);
        errors[text] = (errors[text] ?? 0) + 1;
      });
    } while (!over);
  };
  const callers = Promise.all(Array.from({ length: load.callers }, caller));
  try {
    await meanwhile();
  } finally {
    over = true;
    await callers;
  }
  return { calls, errors };
}

/** An error and what caused it, as one line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const own = `${typeof code === "string" ? `${code} ` : ""}${error.message}`;
  return error.cause === undefined ? own : `${own} <- ${describeError(error.cause)}`;
}
