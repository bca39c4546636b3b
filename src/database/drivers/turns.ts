import { acquiredInTime } from "./deadlines.ts";

/** One connection that callers use one after the other. */
export class Turns {
  #last: Promise<void> = Promise.resolve();
  #inLine = 0;

  /** Whether nobody has a turn. */
  get idle(): boolean {
    return this.#inLine === 0;
  }

  /** How many wait for whoever has the turn. */
  get waiting(): number {
    return Math.max(0, this.#inLine - 1);
  }

  /**
   * Waits for a turn, though not for ever. The returned function ends it, and must be called.
   * @throws AuthError `connection_timeout`
   */
  async take(milliseconds: number): Promise<() => void> {
    const [before, free] = [this.#last, this.idle];
    let pass: () => void = () => undefined;
    this.#last = new Promise((resolve) => (pass = resolve));
    this.#inLine += 1;
    const end = (): void => {
      this.#inLine -= 1;
      pass();
    };
    if (free) return end;
    return acquiredInTime(
      before.then(() => end),
      { milliseconds, giveBack: end, state: () => `${String(this.waiting)} waiting` },
    );
  }
}

// Under a registered symbol, as the owned handles are: another copy of this package may work on the same connection.
const registryKey = Symbol.for("wispy-auth.turns");
const registry = ((globalThis as Record<symbol, unknown>)[registryKey] ??= new WeakMap()) as WeakMap<
  object,
  Turns
>;

/** The turns of a connection that has one user at a time: the same for everybody who was lent it. */
export function turnsOf(connection: object): Turns {
  const known = registry.get(connection) ?? new Turns();
  registry.set(connection, known);
  return known;
}
