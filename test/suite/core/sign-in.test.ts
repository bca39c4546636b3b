import * as bcrypt from "@node-rs/bcrypt";
import { beforeAll, describe, expect, it } from "vitest";
import { argon2idHasher } from "../../../src/crypto/password-hasher.ts";
import { createTestAuth, newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { countingHasher } from "./support/counting-hasher.ts";
import { allAtOnce, errorCode, tally } from "./support/error-code.ts";

forEachDatabase("sign-in", (ctx) => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx);
  });

  const storedHash = async (userId: string): Promise<string> => {
    const text = `select password_hash from ${ctx.table("credentials")} where user_id = $1`;
    return String((await ctx.host.query(text, [userId]))[0]!["password_hash"]);
  };

  it("SE-03: opens a new session with a new token, in any spelling of the address", async () => {
    const { email, password } = newCredentials();
    const up = await auth.signUp({ email, password });
    const first = await auth.signIn({ email: email.toUpperCase(), password }, { userAgent: "a browser" });
    const second = await auth.signIn({ email, password });
    expect(new Set([up.token, first.token, second.token]).size).toBe(3);
    expect(first.user).toEqual(up.user);
    expect(await auth.getSession(first.token)).toEqual({ user: up.user, session: first.session });
    const [latest] = await auth.listEvents(up.user.id);
    expect(latest).toMatchObject({
      type: "sign_in.succeeded",
      sessionId: second.session.id,
      data: { method: "password", knownDevice: false },
    });
  });

  it("EN-01, EN-05: unknown, wrong, locked, disabled and passwordless are one error and one amount of work", async () => {
    const hasher = countingHasher();
    const counted = await createTestAuth(ctx, { password: { hasher }, lockout: { maxFailures: 2 } });
    const accounts = await Promise.all(
      ["wrong", "locked", "disabled"].map(async () => {
        const credentials = newCredentials();
        return { ...credentials, user: (await counted.signUp(credentials)).user };
      }),
    );
    const [wrong, locked, disabled] = accounts as [
      (typeof accounts)[0],
      (typeof accounts)[0],
      (typeof accounts)[0],
    ];
    await counted.users.disable(disabled.user.id);
    for (let i = 0; i < 2; i += 1)
      await errorCode(counted.signIn({ email: locked.email, password: "not this one" }));
    const passwordless = newCredentials();
    await counted.users.create({ email: passwordless.email });
    const attempts = [
      newCredentials(),
      { email: wrong.email, password: "not this one" },
      { email: locked.email, password: locked.password },
      { email: disabled.email, password: disabled.password },
      passwordless,
    ];
    const answers: unknown[] = [];
    for (const attempt of attempts) {
      const before = hasher.worked();
      const error = (await counted.signIn(attempt).catch((thrown: unknown) => thrown)) as Error;
      answers.push({ ...error, message: error.message, work: hasher.worked() - before });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: "invalid_credentials", work: 1 });
  });

  it("PW-04: a missing, empty or damaged hash is a wrong password", async () => {
    for (const damaged of ["", "garbage", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA", "$2b$10$short"]) {
      const credentials = newCredentials();
      const { user } = await auth.signUp(credentials);
      const text = `update ${ctx.table("credentials")} set password_hash = $1 where user_id = $2`;
      await ctx.host.query(text, [damaged, user.id]);
      expect(await errorCode(auth.signIn(credentials)), damaged).toBe("invalid_credentials");
    }
  });

  describe("PW-02: a hash made by other rules", () => {
    const older = argon2idHasher({ memoryKiB: 16, passes: 2 });

    it("is made anew at the next sign-in, and the password stays", async () => {
      const { email, password } = newCredentials();
      const passwordHash = await older.hash(password);
      const user = await auth.users.create({ email, passwordHash });
      await auth.signIn({ email, password });
      const upgraded = await storedHash(user.id);
      expect(upgraded).not.toBe(passwordHash);
      await auth.signIn({ email, password });
      expect(await storedHash(user.id)).toBe(upgraded);
    });

    it("never overwrites a password that is changed at the same moment", async () => {
      for (let round = 0; round < 25; round += 1) {
        const { email, password } = newCredentials();
        const user = await auth.users.create({ email, passwordHash: await older.hash(password) });
        const replacement = `${password} new`;
        const [signedIn] = await Promise.all([
          errorCode(auth.signIn({ email, password })),
          auth.users.setPassword(user.id, replacement),
        ]);
        expect(["none", "invalid_credentials"]).toContain(signedIn);
        expect(await errorCode(auth.signIn({ email, password }))).toBe("invalid_credentials");
        expect(await errorCode(auth.signIn({ email, password: replacement }))).toBe("none");
      }
    });

    it("costs none of several sign-ins at once their session", async () => {
      for (let round = 0; round < 10; round += 1) {
        const { email, password } = newCredentials();
        await auth.users.create({ email, passwordHash: await older.hash(password) });
        const codes = await allAtOnce(4, () => errorCode(auth.signIn({ email, password })));
        expect(tally(codes)).toEqual({ none: 4 });
      }
    });

    it("may come from bcrypt, if its form is known and its cost bounded", async () => {
      const { email, password } = newCredentials();
      const user = await auth.users.create({ email, passwordHash: await bcrypt.hash(password, { cost: 4 }) });
      await auth.signIn({ email, password });
      expect(await storedHash(user.id)).toMatch(/^\$argon2id\$/);
      for (const passwordHash of [
        "$2b$99$x",
        "plain",
        "",
        "$argon2id$v=19$m=4194304,t=9,p=1$c2FsdHNhbHQ$aGFzaA",
      ]) {
        const refused = auth.users.create({ email: newCredentials().email, passwordHash });
        expect(await errorCode(refused), passwordHash).toBe("invalid_input");
      }
    });
  });

  describe("a device that signed in before", () => {
    it("keeps its token, for its own user only", async () => {
      const [mine, yours] = [newCredentials(), newCredentials()];
      const { deviceToken } = await auth.signUp(mine);
      await auth.signUp(yours);
      expect((await auth.signIn(mine, { deviceToken })).deviceToken).toBe(deviceToken);
      expect((await auth.signIn(yours, { deviceToken })).deviceToken).not.toBe(deviceToken);
    });
  });

  it("many right passwords at once all open a session: reservations under way are no failures", async () => {
    const { email, password } = newCredentials();
    await auth.signUp({ email, password });
    const codes = await allAtOnce(30, () => errorCode(auth.signIn({ email, password })));
    expect(tally(codes)).toEqual({ none: 30 });
  });

  it("works by the injected clock alone", async () => {
    const clock = createTestClock(new Date("2031-01-02T03:04:05.678Z"));
    const timed = await createTestAuth(ctx, { clock });
    const credentials = newCredentials();
    const { user, session } = await timed.signUp(credentials);
    expect(user.createdAt).toEqual(clock.now());
    expect(session.authenticatedAt).toEqual(clock.now());
    clock.advance(5);
    expect((await timed.signIn(credentials)).session.createdAt).toEqual(clock.now());
    expect((await timed.users.get(user.id))!.createdAt).toEqual(user.createdAt);
  });
});
