import { addSeconds, type Clock } from "../../src/clock.ts";

/** A clock that stands still until it is told to go on. */
export interface TestClock extends Clock {
  advance(seconds: number): void;
}

/** Starts now, in whole milliseconds as every clock here, or at `start`. */
export function createTestClock(start: Date = new Date()): TestClock {
  let time = start;
  return {
    now: () => new Date(time),
    advance(seconds) {
      time = addSeconds(time, seconds);
    },
  };
}
