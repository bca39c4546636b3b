import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuth, isPending, type Auth } from "wispy-auth";
import { mail, memoryTransport } from "wispy-auth/mail";
import { passwordReset } from "wispy-auth/password-reset";
import { twoFactor } from "wispy-auth/two-factor";
import { newCredentials, optionsOf, testBaseUrl, testSecret } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { allAtOnce, errorCode, tally } from "../../suite/core/support/error-code.ts";
import { codeNow } from "../two-factor/support/two-factor-stage.ts";

type ResetAuth = Auth<
  unknown,
  readonly [ReturnType<typeof mail>, ReturnType<typeof passwordReset>, ReturnType<typeof twoFactor>]
>;

forEachDatabase("a new password by mail", (ctx) => {
  const clock = createTestClock();
  const mails = memoryTransport();
  let auth: ResetAuth;
  beforeAll(async () => {
    auth = await createAuth({
      ...optionsOf(ctx, { clock }),
      modules: [
        mail({ from: "Test <test@example.com>", transport: mails, delivery: "manual" }),
        passwordReset(),
        twoFactor({ issuer: "Test" }),
      ],
    });
  });
  afterAll(() => auth.close());

  const newPassword = "quite another password";
  const linkTo = async (email: string): Promise<string | null> => {
    await auth.passwordReset.request({ email });
    await auth.mail.deliver();
    return tokenIn(mails.latestTo(email)?.text ?? "");
  };
  const tokenIn = (text: string): string | null => /\?token=([\w-]+)/.exec(text)?.[1] ?? null;
  const newUser = async () => {
    const account = newCredentials();
    const made = await auth.signUp(account);
    return { account, ...made };
  };
  const send = (path: string, body: object): Promise<Response> =>
    auth.handler(
      new Request(`${testBaseUrl}/auth${path}`, {
        method: "POST",
        headers: { origin: testBaseUrl, "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );

  it("TK-04: is set by the link, ends every session, begins none and verifies the address", async () => {
    const { account, user, token: session } = await newUser();
    const token = (await linkTo(account.email))!;
    expect(mails.latestTo(account.email)!.text).toContain(`${testBaseUrl}/reset-password?token=`);
    const response = await send("/password-reset", { token, password: newPassword });
    expect([response.status, response.headers.getSetCookie()]).toEqual([204, []]);
    expect(await auth.getSession(session)).toBeNull();
    expect(await errorCode(auth.signIn(account))).toBe("invalid_credentials");
    const opened = await auth.signIn({ email: account.email, password: newPassword });
    expect(opened).toMatchObject({ user: { id: user.id, emailVerifiedAt: expect.any(Date) as Date } });
    await auth.mail.deliver();
    expect(mails.latestTo(account.email)!.subject).toBe("Your password was changed");
    const types = (await auth.listEvents(user.id)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(["passwordReset.requested", "passwordReset.done"]));
  });

  it("TK-02: is set once, of 50 who use one link at once", async () => {
    const { account, user } = await newUser();
    await auth.signIn(account);
    const token = (await linkTo(account.email))!;
    const passwords = Array.from({ length: 50 }, (_, index) => `${newPassword} ${String(index)}`);
    const codes = await Promise.all(
      passwords.map((password) => errorCode(auth.passwordReset.reset({ token, password }))),
    );
    expect(tally(codes)).toEqual({ none: 1, "passwordReset.link_gone": 49 });
    expect(await auth.listSessions(user.id)).toEqual([]);
    const winner = passwords[codes.indexOf("none")]!;
    await expect(auth.signIn({ email: account.email, password: winner })).resolves.toHaveProperty("token");
  });

  it("TK-03: is voided by a newer link, a new password, a new address, and time", async () => {
    const { account, user } = await newUser();
    const outcome = async (token: string): Promise<string> =>
      errorCode(auth.passwordReset.reset({ token, password: newPassword }));
    const first = (await linkTo(account.email))!;
    const second = (await linkTo(account.email))!;
    expect(await outcome(first)).toBe("passwordReset.link_gone");
    await auth.users.setPassword(user.id, "set by somebody else");
    expect(await outcome(second)).toBe("passwordReset.link_gone");
    const third = (await linkTo(account.email))!;
    const { email } = newCredentials();
    await auth.users.update(user.id, { email });
    expect(await outcome(third)).toBe("passwordReset.link_gone");
    const fourth = (await linkTo(email))!;
    clock.advance(3600);
    expect(await outcome(fourth)).toBe("passwordReset.link_gone");
    const fifth = (await linkTo(email))!;
    clock.advance(3599);
    expect(await outcome(fifth)).toBe("none");
  });

  it("EN-04: answers alike for every address, and writes alike", async () => {
    const { account, user } = await newUser();
    const disabled = await newUser();
    await auth.users.disable(disabled.user.id);
    await auth.mail.deliver();
    const rowsOf = async (): Promise<number[]> => {
      const counts = [];
      for (const table of ["password_resets", "mails", "events"]) {
        const rows = await ctx.host.query(`select count(*) as n from ${ctx.table(table)}`);
        counts.push(Number(Object.values(rows[0]!)[0]));
      }
      return counts;
    };
    const seen = [];
    for (const email of [account.email, disabled.account.email, newCredentials().email]) {
      const before = await rowsOf();
      const response = await send("/password-reset/request", { email });
      const after = await rowsOf();
      seen.push({
        status: response.status,
        headers: [...response.headers],
        body: await response.text(),
        rows: after.map((count, index) => count - before[index]!),
      });
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({ status: 202, rows: [1, 1, 1] });
    const sent = mails.messages.length;
    await auth.mail.deliver();
    expect(mails.messages.slice(sent).map(({ to }) => to)).toEqual([user.email]);
  });

  it("IN-06: goes to the stored address, whatever spelling asks for it", async () => {
    const { account } = await newUser();
    const [local, domain] = account.email.split("@") as [string, string];
    const before = mails.messages.length;
    for (const spelling of [`${local.toUpperCase()}@${domain}`, `${local}@${domain.toUpperCase()}`]) {
      await auth.passwordReset.request({ email: spelling });
    }
    await auth.mail.deliver();
    const sent = mails.messages.slice(before).map(({ to }) => to);
    expect(new Set(sent)).toEqual(new Set([account.email]));
  });

  it("IN-02: links to the configured origin, whatever host the request names", async () => {
    const { account } = await newUser();
    await auth.handler(
      new Request("https://evil.example/auth/password-reset/request", {
        method: "POST",
        headers: {
          origin: testBaseUrl,
          "content-type": "application/json",
          "x-forwarded-host": "evil.example",
          "x-forwarded-proto": "http",
        },
        body: JSON.stringify({ email: account.email }),
      }),
    );
    await auth.mail.deliver();
    const { text, html } = mails.latestTo(account.email)!;
    expect(`${text}${html}`).not.toContain("evil");
    expect(text).toContain(`${testBaseUrl}/reset-password?token=`);
  });

  it("MF-07, OA-13: leaves the second factor in force", async () => {
    const { account, user, session } = await newUser();
    const offer = await auth.twoFactor.offerTotp(user.id);
    const owner = { userId: user.id, sessionId: session.id };
    await auth.twoFactor.confirmTotp(owner, codeNow(offer.secret, clock));
    const token = (await linkTo(account.email))!;
    await auth.passwordReset.reset({ token, password: newPassword });
    const result = await auth.signIn({ email: account.email, password: newPassword });
    expect(isPending(result)).toBe(true);
  });

  it("PW-08, PW-05: takes no password that a sign-up would not, and keeps the link for a better one", async () => {
    const { account } = await newUser();
    const token = (await linkTo(account.email))!;
    for (const password of ["short", "password", account.email.split("@")[0]!]) {
      expect(await errorCode(auth.passwordReset.reset({ token, password }))).toBe("password_rejected");
    }
    expect(await errorCode(auth.passwordReset.reset({ token, password: newPassword }))).toBe("none");
  });

  it("gives a password to an account that has none, and nothing to one that is disabled meanwhile", async () => {
    const { email } = newCredentials();
    const user = await auth.users.create({ email });
    const token = (await linkTo(email))!;
    await auth.passwordReset.reset({ token, password: newPassword });
    await expect(auth.signIn({ email, password: newPassword })).resolves.toHaveProperty("token");
    const late = (await linkTo(email))!;
    await auth.users.disable(user.id);
    expect(await errorCode(auth.passwordReset.reset({ token: late, password: "yet another one" }))).toBe(
      "passwordReset.link_gone",
    );
  });

  it("RL-03: helps an owner whom strangers have locked out", async () => {
    const { account } = await newUser();
    for (let guess = 0; guess < 8; guess += 1) {
      await errorCode(auth.signIn({ ...account, password: "a wrong guess" }));
    }
    expect(await errorCode(auth.signIn(account))).toBe("invalid_credentials");
    const token = (await linkTo(account.email))!;
    await auth.passwordReset.reset({ token, password: newPassword });
    await expect(auth.signIn({ email: account.email, password: newPassword })).resolves.toHaveProperty(
      "token",
    );
  });

  it("SE-02, TK-01: leaves no link in the database, before it is delivered and after", async () => {
    const { account } = await newUser();
    await auth.passwordReset.request({ email: account.email });
    const dumpOf = async (): Promise<string> => {
      const rows = [];
      for (const table of ["password_resets", "mails", "events"]) {
        rows.push(...(await ctx.host.query(`select * from ${ctx.table(table)}`)));
      }
      return JSON.stringify(rows, (_, value: unknown) =>
        value !== null && typeof value === "object" && "type" in value && value.type === "Buffer"
          ? Buffer.from((value as unknown as { data: number[] }).data).toString("base64url")
          : value,
      );
    };
    const before = await dumpOf();
    await auth.mail.deliver();
    const token = tokenIn(mails.latestTo(account.email)!.text)!;
    for (const dump of [before, await dumpOf()]) expect(dump).not.toContain(token);
  });

  it("goes with the user, is cleaned up, and refuses what is no link or no address", async () => {
    const { account, user } = await newUser();
    await linkTo(account.email);
    await auth.users.delete(user.id);
    await auth.passwordReset.request({ email: newCredentials().email });
    clock.advance(7200);
    await auth.cleanUp();
    expect(await ctx.host.query(`select user_id from ${ctx.table("password_resets")}`)).toEqual([]);
    for (const token of ["", "x", "\0", "A".repeat(43)]) {
      expect(await errorCode(auth.passwordReset.reset({ token, password: newPassword }))).toBe(
        "passwordReset.link_gone",
      );
    }
    expect(await errorCode(auth.passwordReset.request({ email: "a@b, c@d" }))).toBe("invalid_input");
    const statuses = await allAtOnce(3, async () => (await send("/password-reset", { token: 1 })).status);
    expect(new Set(statuses)).toEqual(new Set([400]));
  });

  it("needs mail, a base URL, and options that make sense", async () => {
    const start = (options: object) =>
      createAuth({
        database: ctx.host.native,
        secret: testSecret,
        log: () => undefined,
        ...ctx.authOptions,
        ...options,
      });
    const mailer = mail({ from: "test@example.com", transport: memoryTransport(), delivery: "manual" });
    await expect(start({ modules: [passwordReset()] })).rejects.toThrow(/mail/);
    await expect(start({ modules: [mailer, passwordReset()] })).rejects.toThrow(/baseUrl/);
    expect(() => passwordReset({ page: "//evil.example" })).toThrow(/page/);
    expect(() => passwordReset({ linkSeconds: 86_400 })).toThrow(/linkSeconds/);
  });
});
