import { isAuthError, type AnyErrorCode } from "../../../../src/errors.ts";

/** The code an operation fails with; `none` if it does not. Anything but an `AuthError` is thrown on. */
export async function errorCode(operation: Promise<unknown>): Promise<AnyErrorCode | "none"> {
  try {
    await operation;
    return "none";
  } catch (error) {
    if (isAuthError(error)) return error.code;
    throw error;
  }
}

/** How often each value occurs. */
export function tally(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** The results of `count` calls made at once. */
export function allAtOnce<T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)));
}
