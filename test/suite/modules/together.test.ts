import { beforeAll, expect, it } from "vitest";
import { createAuth, isPending } from "wispy-auth";
import { emailVerification } from "wispy-auth/email-verification";
import { mail, memoryTransport } from "wispy-auth/mail";
import type { Module } from "wispy-auth/module";
import { passwordReset } from "wispy-auth/password-reset";
import { rateLimits } from "wispy-auth/rate-limits";
import { referrals } from "wispy-auth/referrals";
import { twoFactor } from "wispy-auth/two-factor";
import { codeNow } from "../../modules/two-factor/support/two-factor-stage.ts";
import { newCredentials, optionsOf } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { allAtOnce } from "../core/support/error-code.ts";

forEachDatabase("all modules together", (ctx) => {
  const clock = createTestClock();
  const mails = memoryTransport();
  const modules = () =>
    [
      mail({ from: "Test <test@example.com>", transport: mails, delivery: "manual" }),
      emailVerification({ required: false }),
      passwordReset(),
      twoFactor({ issuer: "Test", mail: true }),
      rateLimits({ callersWithoutAddress: null }),
      referrals(),
    ] as const;
  const options = () => optionsOf(ctx, { clock });
  const open = () => createAuth({ ...options(), modules: modules() });
  let auth: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    auth = await open();
    ctx.onSuiteEnd(() => auth.close());
  });

  it("take ten users at once from a referred sign-up to a reset with a second factor", async () => {
    const referrer = await auth.signUp(newCredentials());
    const { code } = await auth.referrals.createCode({ userId: referrer.user.id });
    const outcomes = await allAtOnce(10, () => travel(code));
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => "home again"));
    expect(await auth.referrals.stats(referrer.user.id)).toMatchObject({ referrals: 10 });
  });

  async function travel(referralCode: string): Promise<string> {
    const account = newCredentials();
    const made = await auth.signUp({ ...account, referralCode });
    expect(made.referrals).toMatchObject({ redeemed: true });
    const owner = { userId: made.user.id, sessionId: made.session.id };
    const { secret } = await auth.twoFactor.offerTotp(made.user.id);
    const { recoveryCodes } = await auth.twoFactor.confirmTotp(owner, codeNow(secret, clock));
    const welcome = await sentTo(account.email, "/verify-email");
    await auth.emailVerification.confirm({ token: tokenIn(welcome) });
    await auth.passwordReset.request({ email: account.email });
    await auth.mail.deliver();
    const letter = await sentTo(account.email, "/reset-password");
    const password = `another ${account.password}`;
    await auth.passwordReset.reset({ token: tokenIn(letter), password });
    expect(await auth.getSession(made.token)).toBeNull();
    const held = await auth.signIn({ email: account.email, password });
    if (!isPending(held)) return "no second step";
    const opened = await auth.twoFactor.answer({
      token: held.pending.token,
      method: "recoveryCode",
      code: recoveryCodes![0]!,
    });
    if (isPending(opened)) return "a third step";
    return (await auth.getSession(opened.token)) === null ? "no session" : "home again";
  }

  /** Whoever delivers takes what is due, another's mail too: it may be on its way with somebody else. */
  async function sentTo(email: string, page: string): Promise<string> {
    for (let round = 0; round < 200; round += 1) {
      const found = mails.messages.find(({ to, text }) => to === email && text.includes(`${page}?token=`));
      if (found) return found.text;
      await auth.mail.deliver();
    }
    throw new Error("the mail was not sent");
  }

  function tokenIn(text: string): string {
    return /\?token=([\w-]+)/.exec(text)![1]!;
  }

  it("each run only their own migrations when they are added, and start by one statement after", async () => {
    const database = await ctx.createDatabase();
    const place = { ...options(), database: database.url };
    const plain = await createAuth(place);
    await plain.close();
    const all: readonly Module[] = modules();
    for (let count = 1; count <= all.length; count += 1) {
      const added = all[count - 1]!;
      const applied = new Set<string>();
      const extended = await createAuth({ ...place, modules: all.slice(0, count), migrate: "off" });
      await extended.migrate(({ migration }) => applied.add(migration.split("/")[0]!));
      await extended.close();
      expect([...applied]).toEqual([added.name]);
    }
    const complete = await createAuth({ ...place, modules: all, migrate: "verify" });
    await complete.close();
  });
});
