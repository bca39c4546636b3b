import { availableParallelism } from "node:os";
import { AuthError } from "../errors.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** Runs at most a fixed number of works at once, and keeps at most a fixed number waiting. */
export interface HashQueue {
  /**
   * Runs the work when a slot is free, first come first served.
   *
   * @throws `overloaded` at once when the waiting room is full; the work is not started then.
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface HashQueueOptions {
  /** How many hashes are computed at once. Default {@link defaultHashSlots}. */
  readonly slots?: number;
  /**
   * How many may wait for a slot. Default 64: about 0.35 s of work on two cores at the default policy, so that
   * fifty callers at once are served and nobody accepted waits half a second.
   */
  readonly waiting?: number;
}

/** A full room of 66 hashes drains in about 0.35 s at the default policy; whole seconds are what HTTP can say. */
const retryAfterSeconds = 1;

export interface MachineSize {
  readonly cores: number;
  /** The value of `UV_THREADPOOL_SIZE`. */
  readonly threadPoolSize: string | undefined;
}

/**
 * As many slots as there are cores, but two threads of libuv's pool stay free: hashing runs in that pool, and so
 * do file access and DNS look-ups, which must not wait behind passwords.
 */
export function defaultHashSlots(machine: MachineSize = thisMachine()): number {
  const threads = Number(machine.threadPoolSize);
  // libuv's own default is 4, and it is what an unset or unusable value gives.
  const poolSize = Number.isInteger(threads) && threads > 0 ? threads : 4;
  return Math.max(1, Math.min(machine.cores, poolSize - 2));
}

function thisMachine(): MachineSize {
  return { cores: availableParallelism(), threadPoolSize: process.env["UV_THREADPOOL_SIZE"] };
}

/** Makes a queue. One per process is enough: it guards the process's thread pool and memory. */
export function createHashQueue(options: HashQueueOptions = {}): HashQueue {
  const { slots = defaultHashSlots(), waiting: maximumWaiting = 64 } = options;
  const waiting: (() => void)[] = [];
  let free = slots;

  const takeSlot = (): Promise<void> | undefined => {
    if (free > 0) {
      free -= 1;
      return undefined;
    }
    if (waiting.length >= maximumWaiting) {
      throw new AuthError("overloaded", {
        message: "Too many passwords are being checked at this moment. Try again shortly.",
        data: { retryAfterSeconds },
      });
    }
    return new Promise((resolve) => waiting.push(resolve));
  };

  const giveSlot = (): void => {
    const next = waiting.shift();
    // The slot passes straight to the one who waited longest, so nobody who comes now can overtake.
    if (next === undefined) free += 1;
    else next();
  };

  return {
    async run(work) {
      await takeSlot();
      try {
        return await work();
      } finally {
        giveSlot();
      }
    },
  };
}

/** The same hasher, its work passed through the queue: one slot for each call, whatever the call does inside. */
export function queuedHasher(hasher: PasswordHasher, queue: HashQueue): PasswordHasher {
  return {
    hash: (password) => queue.run(() => hasher.hash(password)),
    verify: (hash, password) => queue.run(() => hasher.verify(hash, password)),
  };
}
