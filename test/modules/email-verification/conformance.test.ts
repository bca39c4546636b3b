import { randomUUID } from "node:crypto";
import { isAuthError, type Auth } from "wispy-auth";
import { emailVerification } from "wispy-auth/email-verification";
import { mail, memoryTransport } from "wispy-auth/mail";
import { testModule } from "../support/test-module.ts";
import { readLetters } from "./support/verification-stage.ts";
import { sessionOf } from "../support/sign-in-outcome.ts";

const mails = memoryTransport();
const others = () => [mail({ from: "Test <test@example.com>", transport: mails, delivery: "manual" })];

/** What an address was sent. The suite knows the module under test, not those that it depends on. */
async function lettersTo(auth: object, email: string) {
  await (auth as Auth<unknown, readonly [ReturnType<typeof mail>]>).mail.deliver();
  return readLetters(mails, email);
}

const newAddress = (): string => `${randomUUID()}@example.com`;

testModule({
  name: "emailVerification",
  create: () => emailVerification(),
  others,
  samples: {
    async passStep({ auth, pending, email }) {
      // A sign-up and a sign-in of one instant send two mails, in any order.
      for (const { code } of await lettersTo(auth, email)) {
        try {
          const confirmation = { pendingToken: pending.token, code };
          return sessionOf((await auth.emailVerification.confirm(confirmation)).signedIn);
        } catch (error) {
          if (!isAuthError(error, "emailVerification.code_wrong")) throw error;
        }
      }
      throw new Error("no mail has the code");
    },
    calls: {
      requestChange: async ({ auth, userId, token }) => {
        const { session } = (await auth.getSession(token))!;
        const owner = { userId, sessionId: session.id };
        await auth.emailVerification.requestChange(owner, { email: newAddress() });
      },
    },
    requests: { "emailVerification.change": () => ({ body: { email: newAddress() } }) },
  },
});

testModule({
  name: "emailVerification that holds nobody up",
  create: () => emailVerification({ required: false }),
  others,
  samples: {
    calls: { send: ({ auth, userId }) => auth.emailVerification.send({ userId }) },
    requests: { "emailVerification.send": () => ({ body: {} }) },
  },
});
