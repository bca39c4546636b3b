import { afterAll, beforeAll, expect, it } from "vitest";
import {
  openStage,
  type VerificationStage,
} from "../../modules/email-verification/support/verification-stage.ts";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { inTransaction } from "../../support/in-transaction.ts";
import { pendingOf, sessionOf } from "../../modules/support/sign-in-outcome.ts";

forEachDatabase("an address", (ctx) => {
  let stage: VerificationStage;
  beforeAll(async () => {
    stage = await openStage(ctx);
  });
  afterAll(() => stage.auth.close());

  it("is hidden from a sign-up in the application's own transaction too", async () => {
    const { auth } = stage;
    const account = newCredentials();
    await auth.users.create(account);
    const prepared = await auth.prepareSignUp({ ...account, password: newCredentials().password });
    await inTransaction(ctx.host, async (handle) => {
      expect(pendingOf(await auth.within(handle).signUp(prepared)).step).toBe("emailVerification");
    });
    expect((await stage.latest(account.email)).subject).toBe("You have an account already");
  });

  it("is verified at the sign-up, moved, and taken back", async () => {
    const { auth } = stage;
    const account = newCredentials();
    const { token: pendingToken } = pendingOf(await auth.signUp(account));
    await auth.mail.deliver();
    await auth.emailVerification.send({ pendingToken });
    const { code } = await stage.latest(account.email);
    const { user, signedIn } = await auth.emailVerification.confirm({ pendingToken, code });
    const { session } = sessionOf(signedIn);
    const { email } = newCredentials();
    await auth.emailVerification.requestChange({ userId: user.id, sessionId: session.id }, { email });
    await auth.emailVerification.confirm({ token: (await stage.latest(email)).token });
    expect(await auth.users.get(user.id)).toMatchObject({ email, emailVerifiedAt: stage.clock.now() });
    const { token } = await stage.latest(account.email);
    await auth.emailVerification.undoChange({ token });
    expect(await auth.users.get(user.id)).toMatchObject({ email: account.email });
    await expect(auth.signIn(account)).resolves.toHaveProperty("token");
  });
});
