// An application that queues a mail and is killed before it is delivered, or that delivers what another left. Arguments:
// a JSON object of the type below. Prints "queued" when the sign-up has committed, "sending" when its transport was
// handed a mail, and how many mails a delivery has delivered.
import { createAuth } from "wispy-auth";
import { mail, smtpTransport, type MailTransport } from "wispy-auth/mail";
import { letters } from "../modules/mail/support/letters.ts";

export interface DeliverUntilKilled {
  readonly database: string;
  readonly email: string;
  /** Without one nothing is ever sent: each send hangs. */
  readonly smtp: string | null;
  readonly signUp: boolean;
  /** How far its clock is ahead. */
  readonly aheadSeconds: number;
}

const { database, email, smtp, signUp, aheadSeconds } = JSON.parse(process.argv[2]!) as DeliverUntilKilled;
const hanging: MailTransport = {
  name: "hanging",
  send: () => {
    console.log("sending");
    return new Promise(() => undefined);
  },
};
const auth = await createAuth({
  database,
  baseUrl: "https://app.example.com",
  clock: { now: () => new Date(Date.now() + aheadSeconds * 1000) },
  secret: "a secret of the tests, long enough to be one",
  password: {
    hasher: { hash: async () => "$hash", verify: async () => ({ valid: true, outdated: false }) },
  },
  modules: [
    mail({
      from: "no-reply@acme.example",
      transport: smtp === null ? hanging : smtpTransport({ url: smtp }),
      delivery: signUp ? "background" : "manual",
    }),
    letters(),
  ],
});
if (signUp) {
  await auth.signUp({ email, password: "correct horse battery" });
  console.log("queued");
  setInterval(() => undefined, 1000);
} else {
  const { delivered } = await auth.mail.deliver();
  await auth.close();
  console.log(`delivered ${String(delivered)}`);
}
