import { randomUUID } from "node:crypto";
import { mail, mailFailure } from "wispy-auth/mail";
import type { ModuleContext } from "wispy-auth/module";
import { testModule } from "../support/test-module.ts";
import { letters } from "./support/letters.ts";

/** Takes every other mail, and will not have the rest. */
function choosyTransport() {
  let asked = 0;
  return {
    name: "choosy",
    async send(): Promise<void> {
      asked += 1;
      if (asked % 2 === 0) throw mailFailure({ reason: "choosy 550", permanent: true });
    },
  };
}

/** The outbox with somebody who writes to each new account: by itself it does nothing. */
function createMail() {
  const outbox = mail({
    from: "Acme <no-reply@acme.example>",
    transport: choosyTransport(),
    delivery: "manual",
  });
  return {
    ...outbox,
    start(context: ModuleContext) {
      const started = outbox.start(context);
      const { hooks } = letters().start({ ...context, use: () => started.provides as never });
      return { ...started, hooks: hooks! };
    },
  };
}

testModule({
  name: "mail",
  create: createMail,
  samples: {
    calls: {
      deliver: ({ auth }) => auth.mail.deliver(),
      "the way of a mail that was given up": async ({ auth }) => {
        for (let dead = 0; dead === 0;) {
          await auth.users.create({ email: `${randomUUID()}@example.com` });
          ({ dead } = await auth.mail.deliver());
        }
        const [letter] = await auth.mail.listDead();
        await auth.mail.retry(letter!.id);
        await auth.mail.stats();
      },
    },
  },
});
