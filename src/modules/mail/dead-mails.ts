import { AuthError } from "../../module.ts";
import { openMail } from "./compose-message.ts";
import type { DeadMail, MailPage } from "./mail-api.ts";
import type { MailEnvironment } from "./mail-environment.ts";
import { listDeadMails, reviveMail } from "./mail-statements.ts";

const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** @throws AuthError `invalid_input` */
export async function listDead(
  environment: MailEnvironment,
  { limit = 50, after = lastId }: MailPage,
): Promise<readonly DeadMail[]> {
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalidInput("limit", "must be a whole number from 1 to 100");
  }
  if (!isUuid(after)) throw invalidInput("after", "must be an id");
  const rows = await environment.database.many(listDeadMails, { before: after, limit });
  return rows.map((row) => {
    const opened = openMail(environment, row);
    return {
      id: row.id,
      template: row.template,
      to: opened?.to ?? null,
      userId: opened?.userId ?? null,
      attempts: row.attempts,
      reason: row.reason ?? "unknown",
      queuedAt: row.createdAt,
      diedAt: row.finishedAt!,
    };
  });
}

export async function retryDead({ database, clock }: MailEnvironment, mailId: string): Promise<boolean> {
  if (!isUuid(mailId)) return false;
  return (await database.maybeOne(reviveMail, { id: mailId, now: clock.now() })) !== null;
}

function isUuid(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

function invalidInput(path: string, message: string): AuthError {
  return new AuthError("invalid_input", {
    message: `${path} is not valid`,
    data: { issues: [{ path, message }] },
  });
}
