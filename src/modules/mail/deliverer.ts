import { isAuthError } from "../../module.ts";
import { deliverDue, type DeliveryReport } from "./deliver-due.ts";
import { createLookTimer } from "./look-timer.ts";
import type { MailEnvironment } from "./mail-environment.ts";

/** Delivers in this process: on demand, and by itself once it was started. */
export interface Deliverer {
  /** A mail was queued; its transaction may commit soon, late, or never. */
  expect(mailId: string): void;
  /** Something is due now. */
  wake(): void;
  /** Delivers what is due, and tells what became of it. */
  deliver(): Promise<DeliveryReport>;
  start(): void;
  /** Begins nothing any more, and waits for what is under way, up to a bound. */
  stop(): Promise<void>;
}

/** Most transactions commit within the first two; the poll finds what comes later. */
const looksAfterMilliseconds = [10, 50, 250, 1000, 4000] as const;
const stopTimeoutMilliseconds = 10_000;
const maximumExpected = 1000;

export function createDeliverer(environment: MailEnvironment): Deliverer {
  let state: "idle" | "running" | "stopped" = "idle";
  /** Queued here, and not seen in the table yet. */
  const expected = new Set<string>();
  const active = new Set<Promise<DeliveryReport>>();
  const watchers = new Set<() => void>();
  let looks = 0;
  let background: Promise<unknown> | null = null;

  const run = (withNews: boolean): Promise<DeliveryReport> => {
    const delivery = deliverDue(environment, {
      stopped: () => state === "stopped",
      ...(withNews && { news: () => new Promise<void>((resolve) => watchers.add(resolve)) }),
      onClaimed: (mails) => mails.forEach(({ id }) => expected.delete(id)),
    }).finally(() => active.delete(delivery));
    active.add(delivery);
    return delivery;
  };
  const timer = createLookTimer(() => {
    // A delivery that is under way looks again, so that no mail waits for one that hangs.
    for (const tell of watchers) tell();
    watchers.clear();
    background ??= run(true)
      .catch((cause: unknown) => reportFailure(environment, cause))
      .finally(() => (background = null));
    if (looks >= looksAfterMilliseconds.length) expected.clear();
    timer.in(expected.size > 0 ? looksAfterMilliseconds[looks++]! : pollMilliseconds(environment));
  });
  const wake = (): void => {
    if (state !== "running") return;
    looks = 1;
    timer.in(looksAfterMilliseconds[0]);
  };
  return {
    expect(mailId) {
      if (state !== "running") return;
      // Those whose transactions were undone are never seen.
      if (expected.size >= maximumExpected) expected.clear();
      expected.add(mailId);
      wake();
    },
    wake,
    deliver: () => run(false),
    start() {
      state = "running";
      timer.in(0);
    },
    async stop() {
      state = "stopped";
      timer.stop();
      await inTime(Promise.allSettled(active));
    },
  };
}

/** Spread by a quarter: instances that started together do not look together for ever. */
function pollMilliseconds({ settings, random }: MailEnvironment): number {
  const byte = new Uint8Array(1);
  random(byte);
  return settings.pollSeconds * 1000 * (0.75 + (byte[0]! / 255) * 0.5);
}

/** What passes by itself, or means the end of the application, is no news. */
function reportFailure({ log }: MailEnvironment, cause: unknown): void {
  if (isAuthError(cause, "host_transaction_open") || isAuthError(cause, "database_closed")) return;
  log("looking_failed", cause);
}

async function inTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopTimeoutMilliseconds);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
