import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { twoFactor } from "wispy-auth/two-factor";
import { optionsOf, testSecret } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, errorCode, tally } from "../../suite/core/support/error-code.ts";
import { codeNow, enrol, openStage, type TwoFactorStage } from "./support/two-factor-stage.ts";
import { pendingOf, sessionOf } from "../support/sign-in-outcome.ts";

forEachDatabase("a second factor", (ctx) => {
  let stage: TwoFactorStage;
  beforeAll(async () => {
    stage = await openStage(ctx);
  });
  afterAll(() => stage.auth.close());

  const signIn = async (account: { readonly email: string; readonly password: string }) =>
    pendingOf(await stage.auth.signIn(account));
  const noticesTo = async (email: string): Promise<string[]> => {
    await stage.auth.mail.deliver();
    return stage.mails.messages.filter(({ to }) => to === email).map(({ subject }) => subject);
  };

  it("opens no session for a password alone, and one for password and code", async () => {
    const { auth, clock } = stage;
    const { account, userId, secret: key } = await enrol(stage);
    expect(await auth.twoFactor.status(userId)).toEqual({
      enabled: true,
      factors: ["totp"],
      recoveryCodesLeft: 10,
    });
    const pending = await signIn(account);
    expect(pending).toMatchObject({ step: "twoFactor", methods: ["totp", "recoveryCode"] });
    expect(await auth.getSession(pending.token)).toBeNull();
    const answer = { token: pending.token, method: "totp", code: codeNow(key, clock) } as const;
    const opened = sessionOf(await auth.twoFactor.answer(answer));
    expect((await auth.getSession(opened.token))?.user.id).toBe(userId);
    const [event] = await auth.listEvents(userId);
    expect(event).toMatchObject({
      type: "sign_in.succeeded",
      data: { method: "password", passed: ["twoFactor"] },
    });
  });

  it("is inert until its first code was shown, and an offer replaces the one before", async () => {
    const { auth, clock } = stage;
    const account = { email: `inert-${ctx.dialect}@example.com`, password: "quite a long one" };
    const { user, session } = await auth.signUp(account);
    const owner = { userId: user.id, sessionId: session.id };
    const first = await auth.twoFactor.offerTotp(user.id);
    const second = await auth.twoFactor.offerTotp(user.id);
    sessionOf(await auth.signIn(account));
    const stale = auth.twoFactor.confirmTotp(owner, codeNow(first.secret, clock));
    expect(await errorCode(stale)).toBe("twoFactor.code_wrong");
    await auth.twoFactor.confirmTotp(owner, codeNow(second.secret, clock));
    expect(await errorCode(auth.twoFactor.offerTotp(user.id))).toBe("twoFactor.already_enabled");
    expect((await auth.listSessions(user.id)).map(({ id }) => id)).toEqual([session.id]);
    expect(await noticesTo(account.email)).toEqual(["Two-step sign-in is on"]);
  });

  it("MF-05: of 20 who confirm one secret at once, one does", async () => {
    const { auth, clock } = stage;
    const { user, session } = await auth.signUp({
      email: `twenty-${ctx.dialect}@example.com`,
      password: "quite a long one",
    });
    const owner = { userId: user.id, sessionId: session.id };
    const { secret: key } = await auth.twoFactor.offerTotp(user.id);
    const code = codeNow(key, clock);
    const codes = await allAtOnce(20, () => errorCode(auth.twoFactor.confirmTotp(owner, code)));
    expect(tally(codes)["none"]).toBe(1);
    expect((await auth.twoFactor.status(user.id)).recoveryCodesLeft).toBe(10);
  });

  it("MF-02: accepts a code once, of 50 who use it at once and ever after", async () => {
    const { auth, clock } = stage;
    const { account, userId, secret: key } = await enrol(stage);
    const challenges = await Promise.all(Array.from({ length: 50 }, () => signIn(account)));
    const code = codeNow(key, clock);
    const outcomes = await Promise.all(
      challenges.map(({ token }) => errorCode(auth.twoFactor.answer({ token, method: "totp", code }))),
    );
    expect(tally(outcomes)["none"]).toBe(1);
    expect((await auth.listSessions(userId)).length).toBe(2);
    clock.advance(1000);
    const later = await signIn(account);
    const replay = auth.twoFactor.answer({ token: later.token, method: "totp", code });
    expect(await errorCode(replay)).toBe("twoFactor.code_wrong");
  });

  it("MF-02: takes no code of an earlier step after one of a later", async () => {
    const { auth, clock } = stage;
    const { account, secret: key } = await enrol(stage);
    const earlier = codeNow(key, clock);
    clock.advance(30);
    const later = codeNow(key, clock);
    const [first, second] = [await signIn(account), await signIn(account)];
    sessionOf(await auth.twoFactor.answer({ token: first.token, method: "totp", code: later }));
    const answer = auth.twoFactor.answer({ token: second.token, method: "totp", code: earlier });
    expect(await errorCode(answer)).toBe("twoFactor.code_wrong");
  });

  it("MF-04: accepts a recovery code once, of 50 who use it at once, and tells the owner", async () => {
    const { auth } = stage;
    const { account, userId, recoveryCodes } = await enrol(stage);
    const challenges = await Promise.all(Array.from({ length: 50 }, () => signIn(account)));
    const code = recoveryCodes[0]!.toLowerCase().replaceAll("-", " ");
    const outcomes = await Promise.all(
      challenges.map(({ token }) =>
        errorCode(auth.twoFactor.answer({ token, method: "recoveryCode", code })),
      ),
    );
    expect(tally(outcomes)).toEqual({ none: 1, "twoFactor.code_wrong": 49 });
    expect((await auth.twoFactor.status(userId)).recoveryCodesLeft).toBe(9);
    expect(await noticesTo(account.email)).toContain("A recovery code was used");
  });

  it("MF-06: gives at most one session for a challenge, none after its end or five wrong answers", async () => {
    const { auth, clock } = stage;
    const { account, userId, secret: key, recoveryCodes } = await enrol(stage);
    const { token } = await signIn(account);
    const outcomes = await Promise.all(
      recoveryCodes
        .slice(0, 5)
        .map((code) => errorCode(auth.twoFactor.answer({ token, method: "recoveryCode", code }))),
    );
    expect(tally(outcomes)).toEqual({ none: 1, "twoFactor.challenge_gone": 4 });
    expect((await auth.listSessions(userId)).length).toBe(2);
    const late = await signIn(account);
    clock.advance(601);
    const code = codeNow(key, clock);
    const expired = auth.twoFactor.answer({ token: late.token, method: "totp", code });
    expect(await errorCode(expired)).toBe("twoFactor.challenge_gone");
    const worn = await signIn(account);
    for (let guess = 0; guess < 5; guess += 1) {
      const wrong = { token: worn.token, method: "recoveryCode", code: "0000" } as const;
      expect(await errorCode(auth.twoFactor.answer(wrong))).toBe("twoFactor.code_wrong");
    }
    const right = { token: worn.token, method: "recoveryCode", code: recoveryCodes[9]! } as const;
    expect(await errorCode(auth.twoFactor.answer(right))).toBe("twoFactor.challenge_gone");
    for (const none of ["", "nothing", token.slice(1), `${token}A`]) {
      const answer = auth.twoFactor.answer({ token: none, method: "totp", code });
      expect(await errorCode(answer)).toBe("twoFactor.challenge_gone");
    }
  });

  it("RL-07, RL-01: counts wrong codes apart from passwords, exactly, and rests after five", async () => {
    const { auth, clock } = stage;
    const { account, userId, secret: key, recoveryCodes } = await enrol(stage);
    const challenges = await Promise.all(Array.from({ length: 40 }, () => signIn(account)));
    const outcomes = await Promise.all(
      challenges.map(({ token }) =>
        errorCode(auth.twoFactor.answer({ token, method: "totp", code: "000000" })),
      ),
    );
    expect(tally(outcomes)).toEqual({ "twoFactor.code_wrong": 5, too_many_requests: 35 });
    // A right password does not clear them.
    const resting = await signIn(account);
    const code = codeNow(key, clock);
    const refused = auth.twoFactor.answer({ token: resting.token, method: "totp", code });
    await expect(refused).rejects.toMatchObject({
      code: "too_many_requests",
      data: { retryAfterSeconds: 900 },
    });
    // What is not guessed still works, and clears the count.
    const recovery = { token: resting.token, method: "recoveryCode", code: recoveryCodes[0]! } as const;
    sessionOf(await auth.twoFactor.answer(recovery));
    const again = await signIn(account);
    sessionOf(await auth.twoFactor.answer({ token: again.token, method: "totp", code }));
    const events = await auth.listEvents(userId, { limit: 200 });
    expect(events.filter(({ type }) => type === "twoFactor.failed").length).toBe(41);
  });

  it("RL-02: ends guessing for good after 100 wrong codes in a row", async () => {
    const { auth, clock } = stage;
    const { account, secret: key, recoveryCodes } = await enrol(stage);
    let looked = 0;
    for (let round = 0; round < 30; round += 1) {
      clock.advance(1000);
      const { token } = await signIn(account);
      for (let guess = 0; guess < 5; guess += 1) {
        const wrong = auth.twoFactor.answer({ token, method: "totp", code: "000000" });
        if ((await errorCode(wrong)) === "twoFactor.code_wrong") looked += 1;
      }
    }
    expect(looked).toBe(100);
    clock.advance(86_400 * 365);
    const { token } = await signIn(account);
    const right = { token, method: "totp", code: codeNow(key, clock) } as const;
    expect(await errorCode(auth.twoFactor.answer(right))).toBe("too_many_requests");
    sessionOf(await auth.twoFactor.answer({ token, method: "recoveryCode", code: recoveryCodes[3]! }));
  });

  it("TK-05: takes a code by mail, bound to the sign-in it was sent for", async () => {
    const { auth, clock, mails } = stage;
    const { account, userId, owner } = await enrol(stage);
    expect(await errorCode(auth.twoFactor.enableEmail(owner))).toBe("twoFactor.email_unverified");
    await ctx.host.query(
      `update ${ctx.table("users")} set email_verified_at = created_at where id = '${userId}'`,
    );
    expect(await auth.twoFactor.enableEmail(owner)).toEqual({ recoveryCodes: null });
    const [one, two] = [await signIn(account), await signIn(account)];
    expect(one.methods).toEqual(["email", "totp", "recoveryCode"]);
    const codeOf = async (token: string): Promise<string> => {
      await auth.twoFactor.sendCode({ token });
      await auth.mail.deliver();
      const sent = mails.messages.filter(
        (one) => one.to === account.email && one.subject === "Your sign-in code",
      );
      return /\b(\d{6})\b/.exec(sent.at(-1)!.text)![1]!;
    };
    const [first, second] = [await codeOf(one.token), await codeOf(two.token)];
    if (first !== second) {
      const crossed = auth.twoFactor.answer({ token: two.token, method: "email", code: first });
      expect(await errorCode(crossed)).toBe("twoFactor.code_wrong");
    }
    const outcomes = await allAtOnce(4, () =>
      errorCode(auth.twoFactor.answer({ token: one.token, method: "email", code: first })),
    );
    expect(tally(outcomes)["none"]).toBe(1);
    await codeOf(two.token);
    await codeOf(two.token);
    expect(await errorCode(auth.twoFactor.sendCode({ token: two.token }))).toBe("too_many_requests");
    clock.advance(601);
    const late = auth.twoFactor.answer({ token: two.token, method: "email", code: second });
    expect(await errorCode(late)).toBe("twoFactor.challenge_gone");
  });

  it("is switched off by a code alone, and other sessions end with every change", async () => {
    const { auth, clock, mails } = stage;
    const { account, userId, owner, secret: key, recoveryCodes } = await enrol(stage);
    const { token } = await signIn(account);
    const other = sessionOf(
      await auth.twoFactor.answer({ token, method: "recoveryCode", code: recoveryCodes[0]! }),
    );
    const wrong = { factor: "totp", proof: { method: "totp", code: "000000" } } as const;
    expect(await errorCode(auth.twoFactor.disable(owner, wrong))).toBe("twoFactor.code_wrong");
    const proof = { method: "recoveryCode", code: recoveryCodes[1]! } as const;
    const renewed = await auth.twoFactor.renewRecoveryCodes(owner, proof);
    expect(renewed.length).toBe(10);
    expect(await auth.getSession(other.token)).toBeNull();
    const old = { method: "recoveryCode", code: recoveryCodes[2]! } as const;
    expect(await errorCode(auth.twoFactor.renewRecoveryCodes(owner, old))).toBe("twoFactor.code_wrong");
    const right = { method: "totp", code: codeNow(key, clock) } as const;
    await auth.twoFactor.disable(owner, { factor: "totp", proof: right });
    expect(await auth.twoFactor.status(userId)).toEqual({
      enabled: false,
      factors: [],
      recoveryCodesLeft: 0,
    });
    sessionOf(await auth.signIn(account));
    expect((await noticesTo(account.email)).sort()).toEqual([
      "A recovery code was used",
      "A way of two-step sign-in was removed",
      "New recovery codes",
      "Two-step sign-in is on",
    ]);
    expect(mails.messages.length).toBeGreaterThan(0);
  });

  it("trusts a browser for a while if it is told to, until the password changes", async () => {
    const { auth, clock } = stage;
    const { account, userId, recoveryCodes } = await enrol(stage);
    const answer = { method: "recoveryCode", trustDevice: true } as const;
    const { token } = await signIn(account);
    const opened = sessionOf(await auth.twoFactor.answer({ ...answer, token, code: recoveryCodes[0]! }));
    const context = { deviceToken: opened.deviceToken };
    sessionOf(await auth.signIn(account, context));
    pendingOf(await auth.signIn(account));
    expect(await auth.twoFactor.forgetDevices(userId)).toBe(1);
    pendingOf(await auth.signIn(account, context));
    const next = await signIn(account);
    const code = recoveryCodes[1]!;
    const known = sessionOf(await auth.twoFactor.answer({ ...answer, token: next.token, code }, context));
    sessionOf(await auth.signIn(account, { deviceToken: known.deviceToken }));
    clock.advance(30 * 86_400 + 1);
    pendingOf(await auth.signIn(account, { deviceToken: known.deviceToken }));
    const third = await signIn(account);
    const last = recoveryCodes[2]!;
    const again = sessionOf(await auth.twoFactor.answer({ ...answer, token: third.token, code: last }));
    await auth.users.setPassword(userId, "an entirely new one");
    const changed = { email: account.email, password: "an entirely new one" };
    pendingOf(await auth.signIn(changed, { deviceToken: again.deviceToken }));
  });

  it("goes with the user, and is taken away by the application", async () => {
    const { auth } = stage;
    const [gone, lost] = [await enrol(stage), await enrol(stage)];
    await signIn(gone.account);
    await auth.users.delete(gone.userId);
    for (const table of ["factors", "recovery_codes", "challenges", "attempts", "trusted_devices"]) {
      const rows = await ctx.host.query(
        `select user_id from ${ctx.table(`two_factor_${table}`)} where user_id = '${gone.userId}'`,
      );
      expect(rows, table).toEqual([]);
    }
    expect(await auth.twoFactor.reset(lost.userId)).toBe(true);
    expect(await auth.twoFactor.reset(lost.userId)).toBe(false);
    expect(await auth.getSession(lost.token)).toBeNull();
    sessionOf(await auth.signIn(lost.account));
    expect(await auth.cleanUp()).toMatchObject({ modules: { twoFactor: { trustedDevices: 0 } } });
  });

  it("MF-03, SE-02: keeps no secret that a copy of the database would show", async () => {
    const { auth, mails } = stage;
    const { account, secret: key, recoveryCodes } = await enrol(stage);
    const { token } = await signIn(account);
    const dump: string[] = [];
    for (const table of ["factors", "recovery_codes", "challenges"]) {
      const rows = await ctx.host.query(`select * from ${ctx.table(`two_factor_${table}`)}`);
      dump.push(...rows.map((row) => JSON.stringify(Object.values(row).map(toText))));
    }
    const text = dump.join("\n");
    expect(text.length).toBeGreaterThan(100);
    for (const hidden of [key, token, ...recoveryCodes, ...recoveryCodes.map((c) => c.replaceAll("-", ""))]) {
      expect(text).not.toContain(hidden);
    }
    expect(mails.messages.length).toBeGreaterThan(0);
    // Another secret opens nothing, and says so without a crash.
    const other = await createAuth({
      ...optionsOf(ctx, { secret: `another ${testSecret}` }),
      migrate: "off",
      modules: [twoFactor({ issuer: "Test" })],
    });
    const answer = other.twoFactor.answer({ token, method: "totp", code: "123456" });
    expect(await errorCode(answer)).toBe("internal_error");
    await other.close();
    await auth.mail.deliver();
  });

  it("needs a secret, and options that make sense", async () => {
    const start = (modules: readonly [ReturnType<typeof twoFactor>], withSecret = true) =>
      createAuth({
        database: ctx.host.native,
        log: () => undefined,
        ...ctx.authOptions,
        ...(withSecret && { secret: testSecret }),
        modules,
      });
    await expect(start([twoFactor({ issuer: "Test" })], false)).rejects.toThrow(/secret/);
    await expect(start([twoFactor({ issuer: "Test", mail: true })])).rejects.toThrow(/mail/);
    for (const options of [
      { issuer: "" },
      { issuer: "a:b" },
      { issuer: "x", challengeSeconds: 601 },
      { issuer: "x", window: 2 as 1 },
    ]) {
      expect(() => twoFactor(options)).toThrow(/twoFactor/);
    }
  });
});

function toText(value: unknown): unknown {
  return value instanceof Uint8Array
    ? [Buffer.from(value).toString("base64url"), Buffer.from(value).toString("latin1")]
    : value;
}
