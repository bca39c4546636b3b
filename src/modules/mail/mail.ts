import { addSeconds, defineModule, type ModuleContext } from "../../module.ts";
import { createDeliverer, type Deliverer } from "./deliverer.ts";
import { listDead, retryDead } from "./dead-mails.ts";
import { createKnownMails } from "./known-mails.ts";
import type { Mail } from "./mail-api.ts";
import type { MailEnvironment } from "./mail-environment.ts";
import type { MailOptions } from "./mail-options.ts";
import { resolveMailOptions, type MailSettings } from "./mail-settings.ts";
import * as statements from "./mail-statements.ts";
import { mailTable } from "./mail-table.ts";
import { createOutbox } from "./migrations/001-outbox.ts";
import { createMailQueue } from "./queue-mail.ts";

/**
 * Mail with an outbox: a mail is a row, written in the transaction of what it tells of, and delivered after it has
 * committed, at least once. Needs `createAuth({ secret })`, which seals what mails say while they wait.
 *
 * @throws AuthError `configuration_invalid`
 * @example
 * const auth = await createAuth({
 *   database,
 *   secret,
 *   modules: [mail({ from: "Acme <no-reply@acme.example>", transport: smtpTransport({ url }) })],
 * });
 */
export function mail(options: MailOptions) {
  const settings = resolveMailOptions(options);
  return defineModule({
    name: "mail",
    migrations: [createOutbox],
    tables: [mailTable.info],
    statements: Object.values(statements),
    errors: { "mail.delivery_failed": { status: 500, title: "The mail was not delivered" } },
    eventTypes: ["mail.dead"],
    start(context) {
      const environment = createEnvironment(context, settings);
      const deliverer = createDeliverer(environment);
      return {
        api: mailApi(environment, deliverer),
        provides: createMailQueue(environment, (id) => deliverer.expect(id)),
        opened() {
          environment.mails.assertComplete();
          if (settings.background) deliverer.start();
        },
        async close() {
          await deliverer.stop();
          await settings.transport.close?.();
        },
        cleanUp: cleanUpJobs(environment),
      };
    },
  });
}

function createEnvironment(context: ModuleContext, settings: MailSettings): MailEnvironment {
  return { ...context, settings, seals: context.sealer("outbox"), mails: createKnownMails(settings) };
}

function mailApi(environment: MailEnvironment, deliverer: Deliverer): Mail {
  return {
    deliver: () => deliverer.deliver(),
    listDead: (page = {}) => listDead(environment, page),
    async retry(mailId) {
      const revived = await retryDead(environment, mailId);
      if (revived) deliverer.wake();
      return revived;
    },
    stats: () => environment.database.one(statements.countMails, {}),
  };
}

function cleanUpJobs({ database, clock, settings }: MailEnvironment) {
  const remove = (dead: boolean, keptSeconds: number) => (limit: number) => {
    const before = addSeconds(clock.now(), -keptSeconds);
    return database.run(statements.deleteFinishedMails, { dead, before, limit });
  };
  return {
    delivered: remove(false, settings.keepDeliveredSeconds),
    dead: remove(true, settings.keepDeadSeconds),
  };
}
