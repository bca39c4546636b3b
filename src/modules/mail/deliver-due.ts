import { addSeconds } from "../../module.ts";
import { deliverMail, type ClaimedMail, type Outcome } from "./deliver-mail.ts";
import type { MailEnvironment } from "./mail-environment.ts";
import { claimMails } from "./mail-statements.ts";

/** How many mails came to what. */
export type DeliveryReport = Readonly<Record<Exclude<Outcome, "unsettled">, number>>;

export interface DeliveryWatch {
  /** True when no more is to be begun. */
  readonly stopped: () => boolean;
  /** Resolves when there may be something new. */
  readonly news?: () => Promise<void>;
  readonly onClaimed?: (mails: readonly ClaimedMail[]) => void;
}

/** What a process may need besides the send itself before it has written the outcome. */
const leaseMarginSeconds = 60;

/**
 * Claims and delivers what is due, a few at a time, until nothing is. After as many failures in a row it leaves the rest
 * for another time: a mail server that is down costs few mails an attempt.
 */
export async function deliverDue(
  environment: MailEnvironment,
  watch: DeliveryWatch,
): Promise<DeliveryReport> {
  const { concurrency } = environment.settings;
  const report = { delivered: 0, expired: 0, retried: 0, dead: 0 };
  const running = new Set<Promise<void>>();
  let failuresInARow = 0;
  const deliver = async (mail: ClaimedMail): Promise<void> => {
    const outcome = await deliverMail(environment, mail);
    if (outcome !== "unsettled") report[outcome] += 1;
    failuresInARow = outcome === "retried" || outcome === "unsettled" ? failuresInARow + 1 : 0;
  };
  try {
    for (;;) {
      const goOn = !watch.stopped() && failuresInARow < concurrency && running.size < concurrency;
      const mails = goOn ? await claimDue(environment, concurrency - running.size) : [];
      watch.onClaimed?.(mails);
      for (const mail of mails) {
        const work: Promise<void> = deliver(mail).finally(() => running.delete(work));
        running.add(work);
      }
      if (running.size === 0) return report;
      await Promise.race([...running, ...(watch.news ? [watch.news()] : [])]);
    }
  } finally {
    // Without a database no more are claimed; those that were are seen to the end.
    await Promise.all(running);
  }
}

async function claimDue(
  { database, clock, newId, settings }: MailEnvironment,
  limit: number,
): Promise<readonly ClaimedMail[]> {
  const now = clock.now();
  const claim = newId(now);
  const leaseSeconds = settings.sendTimeoutSeconds + leaseMarginSeconds;
  const leaseEnd = addSeconds(now, leaseSeconds);
  const mails = await database.transaction(
    function* (tx) {
      return yield* tx.many(claimMails, { now, leaseEnd, claim, limit });
    },
    { singleStep: true },
  );
  return mails.map((mail) => ({ ...mail, claim, leaseEnd }));
}
