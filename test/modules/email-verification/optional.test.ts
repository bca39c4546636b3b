import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { emailVerification } from "wispy-auth/email-verification";
import { mail, memoryTransport } from "wispy-auth/mail";
import { newCredentials, optionsOf, testBaseUrl, testSecret } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";
import { readLetter, send } from "./support/verification-stage.ts";

const verification = () => emailVerification({ required: false });

forEachDatabase("an address that may be verified later", (ctx) => {
  const clock = createTestClock();
  const mails = memoryTransport();
  let auth: Auth<unknown, readonly [ReturnType<typeof mail>, ReturnType<typeof verification>]>;
  beforeAll(async () => {
    auth = await createAuth({
      ...optionsOf(ctx, { clock }),
      modules: [
        mail({ from: "Test <test@example.com>", transport: mails, delivery: "manual" }),
        verification(),
      ],
    });
  });
  afterAll(() => auth.close());

  const latest = async (email: string) => {
    await auth.mail.deliver();
    return readLetter(mails, email);
  };

  it("is signed up with a session at once, and verified by the code or the link of a mail", async () => {
    for (const by of ["code", "link"]) {
      const account = newCredentials();
      // Typed without { pending }: nothing holds a sign-up up.
      const { token, user } = await auth.signUp(account);
      expect(user.emailVerifiedAt).toBeNull();
      const letter = await latest(account.email);
      expect(letter.text).toContain("this address of your account is confirmed:");
      expect(letter.text).not.toContain("signing in");
      const body = by === "code" ? { code: letter.code } : { token: letter.token };
      const answer = await send(auth, "/email-verification/confirm", { body, token });
      expect(answer).toMatchObject({ status: 200, body: { verified: true } });
      expect((await auth.users.get(user.id))!.emailVerifiedAt).toEqual(clock.now());
      expect(await auth.getSession(token)).not.toBeNull();
    }
  });

  it("is told that it is taken, and its owner is not bothered", async () => {
    const account = newCredentials();
    await auth.signUp(account);
    const before = mails.messages.length;
    await auth.mail.deliver();
    const sent = mails.messages.length - before;
    expect(await errorCode(auth.signUp(account))).toBe("user_exists");
    await auth.mail.deliver();
    expect(mails.messages.length - before - sent).toBe(0);
    await expect(auth.signIn(account)).resolves.toHaveProperty("token");
  });

  it("is mailed again for who is signed in, five times an hour, until it is verified", async () => {
    const account = newCredentials();
    const { token, user } = await auth.signUp(account);
    const first = await latest(account.email);
    const statuses = [];
    for (let turn = 0; turn < 5; turn += 1) {
      statuses.push((await send(auth, "/email-verification/send", { body: {}, token })).status);
      await auth.mail.deliver();
    }
    expect(statuses).toEqual([204, 204, 204, 204, 429]);
    const last = await latest(account.email);
    expect(await errorCode(auth.emailVerification.confirm({ token: first.token }))).toBe(
      "emailVerification.link_gone",
    );
    expect(await errorCode(auth.emailVerification.confirm({ userId: user.id, code: last.code }))).toBe(
      "none",
    );
    clock.advance(3601);
    expect((await send(auth, "/email-verification/send", { body: {}, token })).body).toMatchObject({
      code: "emailVerification.already_verified",
    });
  });

  it("is not mailed about users that the application made, and once for a sign-up that is run twice", async () => {
    const before = mails.messages.length;
    await auth.users.create(newCredentials());
    const account = newCredentials();
    const prepared = await auth.prepareSignUp(account);
    await auth.signUp(prepared);
    await auth.signUp(prepared);
    await auth.mail.deliver();
    expect(mails.messages.slice(before).map(({ to }) => to)).toEqual([account.email]);
  });

  it("needs mail, a secret, a base URL, and options that make sense", async () => {
    const start = (options: object) =>
      createAuth({ database: ctx.host.native, log: () => undefined, ...ctx.authOptions, ...options });
    const mailer = () => mail({ from: "test@example.com", transport: memoryTransport(), delivery: "manual" });
    const modules = [mailer(), verification()];
    const baseUrl = testBaseUrl;
    await expect(start({ secret: testSecret, baseUrl, modules: [verification()] })).rejects.toThrow(/mail/);
    await expect(start({ secret: testSecret, modules })).rejects.toThrow(/baseUrl/);
    await expect(start({ baseUrl, modules })).rejects.toThrow(/secret/);
    expect(() => emailVerification({ page: "//evil.example" })).toThrow(/page/);
    expect(() => emailVerification({ undoPage: "https://evil.example" })).toThrow(/undoPage/);
    expect(() => emailVerification({ codeSeconds: 601 })).toThrow(/codeSeconds/);
    expect(() => emailVerification({ linkSeconds: 86_401 })).toThrow(/linkSeconds/);
    expect(() => emailVerification({ undoSeconds: 1.5 })).toThrow(/undoSeconds/);
  });
});
