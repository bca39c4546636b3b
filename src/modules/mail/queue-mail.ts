import { hash } from "node:crypto";
import type { Call, MailQueue, OutgoingMail } from "../../module.ts";
import type { MailEnvironment } from "./mail-environment.ts";
import { insertMail } from "./mail-statements.ts";

/** What is sealed in a row. */
export interface SealedMail {
  readonly to: string;
  readonly userId: string | null;
  readonly data: object;
}

/** @param wake Told of each mail that may be committed soon. */
export function createMailQueue(environment: MailEnvironment, wake: (id: string) => void): MailQueue {
  return {
    define(template) {
      environment.mails.add(template);
      return {
        queue(mail) {
          const id = environment.newId(mail.occurredAt);
          wake(id);
          return insertOf(environment, { id, template: template.name, mail });
        },
      };
    },
  };
}

interface Queued {
  readonly id: string;
  readonly template: string;
  readonly mail: OutgoingMail<object>;
}

function insertOf({ seals }: MailEnvironment, { id, template, mail }: Queued): Call<unknown> {
  const { to, userId, data, idempotencyKey, occurredAt, expiresAt = null } = mail;
  return insertMail.with({
    id,
    keyHash: hash("sha256", `${template}\0${idempotencyKey}`, "buffer"),
    template,
    sealed: seals.seal(JSON.stringify({ to, userId, data } satisfies SealedMail), id),
    state: "pending",
    attempts: 0,
    dueAt: occurredAt,
    expiresAt,
    createdAt: occurredAt,
  });
}
