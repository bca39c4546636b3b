import { addSeconds } from "../../clock.ts";
import { AuthError } from "../../errors.ts";
import { firstIdOf } from "../../ids.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import {
  deleteExpiredSessions,
  deleteOldEvents,
  deleteStaleDevices,
  deleteStrayAttempts,
} from "./clean-up-statements.ts";

export interface CleanUpOptions {
  /** Also removes events older than this. Without it events are kept for ever. */
  readonly eventRetentionSeconds?: number;
}

/** How many rows were removed. */
export interface CleanUpResult {
  readonly sessions: number;
  readonly devices: number;
  readonly attempts: number;
  readonly events: number;
  /** False if there was more to remove than one call takes on: call again. */
  readonly complete: boolean;
}

/** Small enough that nobody waits for the rows of a batch. */
const batchSize = 500;
const maxBatches = 20;

/** The 400 days that browsers keep a cookie (RFC 6265bis), and the one in which a visit may go unrecorded. */
const deviceLifetimeSeconds = 401 * 86_400;

/**
 * Removes what is no longer of use, in bounded batches, each a statement of its own. Safe to run at any time,
 * from any number of processes at once.
 *
 * @throws AuthError `invalid_input`
 */
export async function cleanUp(
  environment: CoreEnvironment,
  { eventRetentionSeconds }: CleanUpOptions = {},
): Promise<CleanUpResult> {
  const { clock, database, lockout, session } = environment;
  assertRetention(eventRetentionSeconds);
  const now = clock.now();
  const sessions = await inBatches((limit) =>
    database.run(deleteExpiredSessions, {
      before: firstIdAfter(addSeconds(now, -session.absoluteTimeoutSeconds)),
      now,
      limit,
    }),
  );
  const seenBefore = addSeconds(now, -deviceLifetimeSeconds);
  const devices = await inBatches((limit) =>
    database.run(deleteStaleDevices, { before: firstIdAfter(seenBefore), seenBefore, limit }),
  );
  const failedBefore = addSeconds(now, -lockout.decaySeconds);
  const attempts = await inBatches((limit) => database.run(deleteStrayAttempts, { failedBefore, limit }));
  const events = await inBatches(async (limit) => {
    if (eventRetentionSeconds === undefined) return 0;
    const before = firstIdAfter(addSeconds(now, -eventRetentionSeconds));
    return database.run(deleteOldEvents, { before, limit });
  });
  const most = batchSize * maxBatches;
  return {
    sessions,
    devices,
    attempts,
    events,
    complete: [sessions, devices, attempts, events].every((count) => count < most),
  };
}

/** Removes batch after batch until one comes back short, up to a bound. */
export async function inBatches(remove: (limit: number) => Promise<number>): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const count = await remove(batchSize);
    removed += count;
    if (count < batchSize) break;
  }
  return removed;
}

/** The smallest UUIDv7 after a moment: below it are the rows made until then. */
function firstIdAfter(moment: Date): string {
  return firstIdOf(new Date(moment.getTime() + 1));
}

function assertRetention(seconds: number | undefined): void {
  if (seconds === undefined || (Number.isInteger(seconds) && seconds >= 0)) return;
  throw new AuthError("invalid_input", {
    message: "eventRetentionSeconds is not valid",
    data: { issues: [{ path: "eventRetentionSeconds", message: "Must be a whole number from 0" }] },
  });
}
