import { expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { emailVerification } from "wispy-auth/email-verification";
import { mail, memoryTransport } from "wispy-auth/mail";
import { rateLimits } from "wispy-auth/rate-limits";
import { newCredentials, optionsOf } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";
import { pendingOf } from "../support/sign-in-outcome.ts";

forEachDatabase("limits on mails to verify an address", (ctx) => {
  it("RL-10, EN-06: are those of the application, by the address, and fill alike for one that is taken", async () => {
    const auth = await createAuth({
      ...optionsOf(ctx),
      modules: [
        mail({ from: "test@example.com", transport: memoryTransport(), delivery: "manual" }),
        emailVerification(),
        rateLimits({ limits: { "emailVerification.send": { account: { turns: 1, seconds: 3600 } } } }),
      ],
    });
    ctx.onSuiteEnd(() => auth.close());
    const taken = newCredentials();
    await auth.users.create({ email: taken.email, emailVerified: true });
    for (const account of [newCredentials(), taken]) {
      const { token: pendingToken } = pendingOf(await auth.signUp(account));
      const resend = () => errorCode(auth.emailVerification.send({ pendingToken }));
      expect([await resend(), await resend()]).toEqual(["none", "too_many_requests"]);
    }
  });
});
