import { setTimeout as sleep } from "node:timers/promises";
import { addSeconds, AuthError, isAuthError, type RowOf } from "../../module.ts";
import { composeMessage, openMail } from "./compose-message.ts";
import type { MailEnvironment } from "./mail-environment.ts";
import { settleMail, type claimMails } from "./mail-statements.ts";
import type { SealedMail } from "./queue-mail.ts";
import { retryDelaySeconds } from "./retry-delay.ts";
import { mailFailure, readFailure, type MailFailure } from "./transports/mail-failure.ts";

/** What became of one delivery; `unsettled` if that could not be written, and the mail comes up again when its lease ends. */
export type Outcome = Settled | "unsettled";
type Settled = "delivered" | "expired" | "retried" | "dead";

export interface ClaimedMail extends RowOf<typeof claimMails> {
  readonly claim: string;
  /** Until then nobody else takes it. */
  readonly leaseEnd: Date;
}

/** Delivers one mail that was claimed, holding no connection meanwhile, and writes what became of it. Never rejects. */
export async function deliverMail(environment: MailEnvironment, mail: ClaimedMail): Promise<Outcome> {
  const opened = openMail(environment, mail);
  const expired = mail.expiresAt !== null && mail.expiresAt <= environment.clock.now();
  const failure = expired ? null : await attempt(environment, { mail, opened });
  const judged = judge(environment, mail, failure);
  const outcome = expired ? "expired" : judged.outcome;
  if (failure !== null) report(environment, mail, { outcome, failure });
  try {
    const reason = failure?.reason ?? null;
    await settle(environment, mail, { outcome, reason, delaySeconds: judged.delaySeconds, opened });
    return outcome;
  } catch (cause) {
    environment.log("outcome_not_written", cause);
    return "unsettled";
  }
}

/** `null` if the mail went out. */
async function attempt(
  environment: MailEnvironment,
  { mail, opened }: { readonly mail: ClaimedMail; readonly opened: SealedMail | null },
): Promise<MailFailure | null> {
  const { transport, maxAttempts } = environment.settings;
  // Every attempt ended the process, or whoever made it: nobody was left to write why.
  if (mail.attempts > maxAttempts) return { reason: "interrupted", permanent: true };
  if (opened === null) return { reason: "cannot be opened", permanent: true };
  try {
    const { id, template } = mail;
    await inTime(environment, async (signal) => {
      const message = await composeMessage(environment, { id, template, mail: opened });
      await transport.send(message, { signal });
    });
    return null;
  } catch (error) {
    return readFailure(error, transport.name);
  }
}

/** A transport that does not listen to the signal is left to itself. */
async function inTime(
  { settings }: MailEnvironment,
  send: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(mailFailure({ reason: `${settings.transport.name} timeout`, permanent: false }));
      controller.abort();
    }, settings.sendTimeoutSeconds * 1000);
  });
  try {
    await Promise.race([send(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

function judge(
  { settings, random }: MailEnvironment,
  { attempts }: ClaimedMail,
  failure: MailFailure | null,
): { readonly outcome: Settled; readonly delaySeconds: number } {
  if (failure === null) return { outcome: "delivered", delaySeconds: 0 };
  if (failure.permanent || attempts >= settings.maxAttempts) return { outcome: "dead", delaySeconds: 0 };
  return { outcome: "retried", delaySeconds: retryDelaySeconds(attempts, failure, random) };
}

interface Settlement {
  readonly outcome: Settled;
  readonly reason: string | null;
  readonly delaySeconds: number;
  readonly opened: SealedMail | null;
}

/**
 * Tries until the lease ends, since a mail that went out and is not marked goes out again: the application may hold a
 * transaction open on the only handle, or have no connection to spare.
 */
async function settle(
  environment: MailEnvironment,
  mail: ClaimedMail,
  settlement: Settlement,
): Promise<void> {
  for (let wait = 20; ; wait = Math.min(wait * 2, 2000)) {
    try {
      return await writeOutcome(environment, mail, settlement);
    } catch (error) {
      const over = isAuthError(error, "database_closed") || environment.clock.now() >= mail.leaseEnd;
      if (over) throw error;
      await sleep(wait);
    }
  }
}

async function writeOutcome(
  { database, clock, recordEvent }: MailEnvironment,
  { id, claim, template, attempts }: ClaimedMail,
  { outcome, reason, delaySeconds, opened }: Settlement,
): Promise<void> {
  const now = clock.now();
  const write = settleMail.with({
    id,
    claim,
    state: outcome === "retried" ? "pending" : outcome,
    keep: outcome === "retried" || outcome === "dead",
    reason,
    dueAt: addSeconds(now, delaySeconds),
    finishedAt: outcome === "retried" ? null : now,
  });
  const givenUp = () =>
    recordEvent({
      type: "mail.dead",
      userId: opened?.userId ?? null,
      occurredAt: now,
      data: { mailId: id, template, attempts, reason },
    });
  const events = outcome === "dead" ? [givenUp()] : [];
  await database.transaction(
    function* (tx) {
      yield* tx.chain(write, events);
    },
    { singleStep: true },
  );
}

function report(
  { log, settings }: MailEnvironment,
  { id, template, attempts }: ClaimedMail,
  { outcome, failure }: { readonly outcome: Settled; readonly failure: MailFailure },
): void {
  log(
    outcome === "dead" ? "mail_dead" : "mail_failed",
    new AuthError("mail.delivery_failed", {
      message: `The mail ${template} was not delivered: ${failure.reason}`,
      data: { mailId: id, template, attempts, maxAttempts: settings.maxAttempts, reason: failure.reason },
    }),
  );
}
