import { AuthError } from "../../errors.ts";

/** One connection that callers use one after the other. */
export class Turns {
  #last: Promise<void> = Promise.resolve();
  #inLine = 0;

  /** How many wait for whoever has the connection now. */
  get waiting(): number {
    return Math.max(0, this.#inLine - 1);
  }

  get idle(): boolean {
    return this.#inLine === 0;
  }

  /**
   * Waits for a turn, though not for ever. The returned function ends it, and must be called.
   * @throws AuthError `connection_timeout`
   */
  async take(timeoutMilliseconds: number): Promise<() => void> {
    const before = this.#last;
    const free = this.idle;
    let pass: () => void = () => undefined;
    this.#last = new Promise((resolve) => (pass = resolve));
    this.#inLine += 1;
    const end = (): void => {
      this.#inLine -= 1;
      pass();
    };
    if (free || (await settlesWithin(before, timeoutMilliseconds))) return end;
    // Nobody is left in this place: whoever comes next moves up when it is reached.
    void before.then(end);
    throw new AuthError("connection_timeout", {
      message: `The connection did not become free within ${String(timeoutMilliseconds)} ms (${String(this.waiting)} waiting)`,
    });
  }
}

function settlesWithin(turn: Promise<void>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    void turn.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
