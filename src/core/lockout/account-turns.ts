import { AuthError } from "../../errors.ts";

/** Lets few attempts on one account run at once in this process; the others wait for their turn. */
export interface AccountTurns {
  /** @throws AuthError `overloaded` when too many wait already; the work is not started then. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/**
 * An attempt holds a reservation while its password is hashed, and reservations count as failures until they
 * are given back: without turns, six right passwords at once would look like an attack. Two at a time leave
 * room for other instances of the application.
 */
const attemptsAtOnce = 2;
const maximumWaiting = 256;

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

export function createAccountTurns(): AccountTurns {
  const lanes = new Map<string, Lane>();

  const enter = async (key: string): Promise<Lane> => {
    const lane = lanes.get(key) ?? { running: 0, waiting: [] };
    lanes.set(key, lane);
    if (lane.running < attemptsAtOnce) {
      lane.running += 1;
      return lane;
    }
    if (lane.waiting.length >= maximumWaiting) {
      throw new AuthError("overloaded", {
        message: "Too many sign-ins to one account wait at this moment. Try again shortly.",
        data: { retryAfterSeconds: 1 },
      });
    }
    await new Promise<void>((resolve) => lane.waiting.push(resolve));
    return lane;
  };

  const leave = (key: string, lane: Lane): void => {
    const next = lane.waiting.shift();
    // The turn passes straight to the one who waited longest.
    if (next) return next();
    lane.running -= 1;
    if (lane.running === 0) lanes.delete(key);
  };

  return {
    async take(key, work) {
      const lane = await enter(key);
      try {
        return await work();
      } finally {
        leave(key, lane);
      }
    },
  };
}
