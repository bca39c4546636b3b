import { setTimeout as sleep } from "node:timers/promises";

/** Something that can be down for a while. */
export interface Restartable {
  readonly name: string;
  halt(): Promise<void>;
  resume(): Promise<void>;
}

/** One restart; moments are in milliseconds since 1970. */
export interface Restart {
  readonly name: string;
  readonly haltedAt: number;
  /** It takes connections again. */
  readonly readyAt: number;
  /** Every process of the application could use the database again. */
  readonly recoveredAt: number;
}

const downMilliseconds = 1_000;
/** Later than this is never. */
const recoveryMilliseconds = 30_000;
/** Calls that were turned away just before the recovery end a moment after it. */
const settleMilliseconds = 2_000;

/** Takes servers down and up again, and knows at which moments a connection may be lost because of it. */
export class Restarts {
  readonly done: Restart[] = [];
  #haltedAt: number | null = null;

  /** Whether a connection may be lost right now. */
  get disturbing(): boolean {
    return this.#haltedAt !== null || this.excuses(Date.now(), Date.now());
  }

  /** Whether something that went on from one moment to the other fell into a restart. */
  excuses(from: number, to: number): boolean {
    return this.done.some(
      ({ haltedAt, recoveredAt }) => to >= haltedAt && from <= recoveredAt + settleMilliseconds,
    );
  }

  /** Spreads the restarts over the given time. `recovered` is told of each and says when all callers noticed. */
  async spread(
    targets: readonly Restartable[],
    given: {
      readonly milliseconds: number;
      /** Aborted when there is nobody left to restart anything for. */
      readonly failed: AbortSignal;
      readonly recovered: (restart: number) => Promise<number>;
    },
  ): Promise<void> {
    const begun = Date.now();
    for (const [index, target] of targets.entries()) {
      const moment = begun + (given.milliseconds * (index + 1)) / (targets.length + 1);
      const left = Math.max(0, moment - Date.now());
      await sleep(left, undefined, { signal: given.failed }).catch(() => undefined);
      if (given.failed.aborted) return;
      await this.#restart(target, given.recovered);
    }
  }

  async #restart(
    { name, halt, resume }: Restartable,
    recovered: (restart: number) => Promise<number>,
  ): Promise<void> {
    const haltedAt = Date.now();
    this.#haltedAt = haltedAt;
    await halt();
    await sleep(downMilliseconds);
    await resume();
    const readyAt = Date.now();
    const timer = new AbortController();
    const never = sleep(recoveryMilliseconds, null, { signal: timer.signal }).catch(() => null);
    const recoveredAt = await Promise.race([recovered(this.done.length), never]);
    timer.abort();
    if (recoveredAt === null)
      throw new Error(`${name}: ${recoveryMilliseconds} ms later it is of no use to everybody`);
    this.done.push({ name, haltedAt, readyAt, recoveredAt });
    this.#haltedAt = null;
  }
}
