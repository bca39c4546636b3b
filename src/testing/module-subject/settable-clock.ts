import { addSeconds, type Clock } from "../../clock.ts";

/** A clock that stands still until it is told to go on. */
export interface SettableClock extends Clock {
  advance(seconds: number): void;
}

export function createSettableClock(): SettableClock {
  let time = new Date("2026-03-29T00:59:59.999Z");
  return {
    now: () => new Date(time),
    advance: (seconds) => void (time = addSeconds(time, seconds)),
  };
}
