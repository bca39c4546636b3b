/** What a package lends to a callback alone, held while the callback waits. */
export interface Parked<T> {
  readonly value: T;
  /**
   * Lets the callback return, or throw `reason`. Settles when the package has done the rest, as its call does: a
   * transaction is over then, a connection is back in its pool.
   */
  end(reason?: Error): Promise<void>;
}

/** Keeps what `lend` gives its callback. Rejects if the callback is never called, with what `lend` rejects with. */
export function park<T>(
  lend: (callback: (value: T) => Promise<void>) => Promise<unknown>,
): Promise<Parked<T>> {
  return new Promise((resolve, reject) => {
    const finished = lend(
      (value) =>
        new Promise((leave, fail) => {
          const end = async (reason?: Error): Promise<void> => {
            if (reason === undefined) leave();
            else fail(reason);
            await finished;
          };
          resolve({ value, end });
        }),
    );
    finished.catch(reject);
  });
}
