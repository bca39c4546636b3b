import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuth, isPending } from "wispy-auth";
import { emailVerification } from "wispy-auth/email-verification";
import { mail, memoryTransport } from "wispy-auth/mail";
import { oauth } from "wispy-auth/oauth";
import { passwordReset } from "wispy-auth/password-reset";
import { rateLimits } from "wispy-auth/rate-limits";
import { referrals } from "wispy-auth/referrals";
import { twoFactor } from "wispy-auth/two-factor";
import { providerOf } from "../modules/oauth/support/oauth-auth.ts";
import { createOAuthBrowser } from "../modules/oauth/support/oauth-browser.ts";
import { startIssuer, type Issuer } from "../modules/oauth/support/start-issuer.ts";
import { codeNow } from "../modules/two-factor/support/two-factor-stage.ts";
import { newCredentials, optionsOf } from "../support/create-test-auth.ts";
import { createTestClock } from "../support/test-clock.ts";
import { forEachDatabase, type SuiteContext } from "../support/for-each-database.ts";

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer(["acme"]);
});
afterAll(() => issuer.stop());

forEachDatabase("a copy of the whole database", (ctx) => {
  it("SE-02, TK-01, MF-04, OA-14: holds no token, no code and no password that anybody was given", async () => {
    const clock = createTestClock();
    const mails = memoryTransport();
    const auth = await createAuth({
      ...optionsOf(ctx, { clock }),
      modules: [
        mail({ from: "Test <test@example.com>", transport: mails, delivery: "manual" }),
        passwordReset(),
        emailVerification({ required: false }),
        twoFactor({ issuer: "Test", mail: true }),
        oauth({
          providers: [providerOf(issuer)],
          pages: { signedIn: "/home", error: "/sign-in", pending: "/step" },
          allowLoopback: true,
        }),
        rateLimits({ callersWithoutAddress: null }),
        referrals(),
      ],
    });
    ctx.onSuiteEnd(() => auth.close());
    const secrets = new Map<string, string>();
    const dumps: string[] = [];
    const keep = async (found: Readonly<Record<string, string>>): Promise<void> => {
      for (const [name, value] of Object.entries(found)) secrets.set(value, name);
      dumps.push(await dumpOf(ctx));
    };

    const account = newCredentials();
    const made = await auth.signUp(account);
    if (isPending(made)) throw new Error("nobody asks for a step yet");
    await keep({ password: account.password, session: made.token, device: made.deviceToken });

    dumps.push(await dumpOf(ctx));
    await auth.mail.deliver();
    const welcome = mails.messages.findLast(({ text }) => text.includes("/verify-email?token="))!.text;
    const verifyToken = /\?token=([\w-]+)/.exec(welcome)![1]!;
    await keep({ verifyToken, verifyCode: /\b(\d{6})\b/.exec(welcome)![1]! });
    await auth.emailVerification.confirm({ token: verifyToken });

    const owner = { userId: made.user.id, sessionId: made.session.id };
    const offer = await auth.twoFactor.offerTotp(made.user.id);
    await keep({ totpSecret: offer.secret });
    const code = codeNow(offer.secret, clock);
    const { recoveryCodes } = await auth.twoFactor.confirmTotp(owner, code);
    for (const [index, one] of recoveryCodes!.entries()) {
      secrets.set(one, `recovery code ${String(index)}`).set(one.replaceAll("-", ""), "recovery code");
    }

    await auth.passwordReset.request({ email: account.email });
    dumps.push(await dumpOf(ctx));
    await auth.mail.deliver();
    const letter = mails.messages.findLast(({ text }) => text.includes("/reset-password?token="))!;
    const token = /\?token=([\w-]+)/.exec(letter.text)![1]!;
    await keep({ resetToken: token });
    const password = "a password after the reset";
    await auth.passwordReset.reset({ token, password });
    await keep({ newPassword: password });

    clock.advance(31);
    const held = await auth.signIn({ email: account.email, password });
    if (!isPending(held)) throw new Error("a second step is asked for");
    await keep({ pending: held.pending.token });
    await auth.twoFactor.enableEmail(await reopen(recoveryCodes![0]!));
    const again = await auth.signIn({ email: account.email, password });
    if (!isPending(again)) throw new Error("a second step is asked for");
    await auth.twoFactor.sendCode({ token: again.pending.token });
    dumps.push(await dumpOf(ctx));
    await auth.mail.deliver();
    const sent = mails.messages.findLast(({ subject }) => subject === "Your sign-in code")!;
    await keep({ pendingAgain: again.pending.token, mailedCode: /\b(\d{6})\b/.exec(sent.text)![1]! });

    const person = issuer.newPerson();
    const browser = createOAuthBrowser(auth);
    const started = await browser.start("acme");
    const { searchParams } = new URL(String(started.body?.["url"]));
    await keep({ state: searchParams.get("state")!, nonce: searchParams.get("nonce") ?? "none" });
    const back = await browser.visit(String(started.body?.["url"]), person.sub);
    await keep({ authorizationCode: new URL(back).searchParams.get("code")! });
    await browser.comeBack(back);
    await keep(Object.fromEntries(browser.cookies));

    expect(secrets.size).toBeGreaterThan(20);
    for (const dump of dumps) {
      expect(dump).toContain("user.signed_up");
      for (const [secret, name] of secrets) {
        // Six digits are somewhere in every dump; the row that could hold them is looked at.
        if (name === "mailedCode" || name === "verifyCode" || secret === "none") continue;
        expect(dump.includes(secret), `${name} in a dump`).toBe(false);
      }
    }
    const codes = await ctx.host.query(
      `select sealed_email_code from ${ctx.table("two_factor_challenges")} where sealed_email_code is not null`,
    );
    expect(codes.length).toBeGreaterThan(0);
    for (const secret of [...secrets].filter(([, name]) => name === "mailedCode")) {
      expect(JSON.stringify(codes)).not.toContain(secret[0]);
    }

    async function reopen(recoveryCode: string) {
      const waiting = await auth.signIn({ email: account.email, password });
      if (!isPending(waiting)) throw new Error("a second step is asked for");
      const answer = { token: waiting.pending.token, method: "recoveryCode", code: recoveryCode } as const;
      const opened = await auth.twoFactor.answer(answer);
      if (isPending(opened)) throw new Error("there is no third step");
      return { userId: opened.user.id, sessionId: opened.session.id };
    }
  });
});

/** Every row of every table of ours, bytes in all the ways in which they may be read. */
async function dumpOf(ctx: SuiteContext): Promise<string> {
  const names =
    ctx.dialect === "postgres"
      ? await ctx.host.query("select tablename as name from pg_tables where schemaname = $1", [
          ctx.authOptions.namespace?.schema ?? "wispy",
        ])
      : await ctx.host.query("select name from sqlite_master where type = 'table' and name like $1", [
          "%wispy%",
        ]);
  expect(names.length).toBeGreaterThan(15);
  const texts: string[] = [];
  for (const { name } of names) {
    const table = ctx.dialect === "postgres" ? ctx.table(String(name)) : `"${String(name)}"`;
    for (const row of await ctx.host.query(`select * from ${table}`)) {
      for (const value of Object.values(row)) texts.push(...readings(value));
    }
  }
  return texts.join("\n");
}

function readings(value: unknown): readonly string[] {
  if (!(value instanceof Uint8Array)) return [typeof value === "string" ? value : JSON.stringify(value)];
  const bytes = Buffer.from(value);
  return (["latin1", "hex", "base64", "base64url"] as const).map((encoding) => bytes.toString(encoding));
}
