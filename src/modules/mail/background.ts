import { isAuthError } from "../../module.ts";
import { deliverDue, type DeliveryReport } from "./deliver-due.ts";
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

export function createDeliverer(environment: MailEnvironment): Deliverer {
  const { settings, random, log } = environment;
  /** Queued here, and not seen in the table yet. */
  const expected = new Set<string>();
  const active = new Set<Promise<DeliveryReport>>();
  let state: "idle" | "running" | "stopped" = "idle";
  let looks = 0;
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Infinity;
  let background: Promise<unknown> | null = null;
  const watchers = new Set<() => void>();

  const run = (withNews: boolean): Promise<DeliveryReport> => {
    const delivery = deliverDue(environment, {
      stopped: () => state === "stopped",
      ...(withNews && { news: () => new Promise<void>((resolve) => watchers.add(resolve)) }),
      onClaimed: (mails) => mails.forEach(({ id }) => expected.delete(id)),
    }).finally(() => active.delete(delivery));
    active.add(delivery);
    return delivery;
  };

  /** A delivery that is under way looks again, so that no mail waits for one that hangs. */
  const look = (): void => {
    for (const tell of watchers) tell();
    watchers.clear();
    background ??= run(true)
      .catch((cause: unknown) => void (isPassing(cause) || log({ event: "mail.delivery_stopped", cause })))
      .finally(() => (background = null));
    if (looks >= looksAfterMilliseconds.length) expected.clear();
    lookIn(expected.size > 0 ? looksAfterMilliseconds[looks++]! : pollMilliseconds());
  };

  const pollMilliseconds = (): number => {
    const byte = new Uint8Array(1);
    random(byte);
    // Instances that started together do not look together for ever.
    return settings.pollSeconds * 1000 * (0.75 + (byte[0]! / 255) * 0.5);
  };

  const lookIn = (milliseconds: number): void => {
    const at = performance.now() + milliseconds;
    if (state !== "running" || at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => {
      timerAt = Infinity;
      look();
    }, milliseconds);
    // A program that has nothing else to do may end.
    timer.unref();
  };

  const wake = (): void => {
    looks = 0;
    lookIn(looksAfterMilliseconds[looks++]!);
  };

  return {
    expect(mailId) {
      if (state !== "running") return;
      expected.add(mailId);
      wake();
    },
    wake,
    deliver: () => run(false),
    start() {
      state = "running";
      lookIn(0);
    },
    async stop() {
      state = "stopped";
      clearTimeout(timer);
      await inTime(Promise.allSettled(active));
    },
  };
}

/** What passes by itself, or means the end of the application. */
function isPassing(error: unknown): boolean {
  return isAuthError(error, "host_transaction_open") || isAuthError(error, "database_closed");
}

async function inTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopTimeoutMilliseconds);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
