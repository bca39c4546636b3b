import { afterAll, beforeAll, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, errorCode, tally } from "../../suite/core/support/error-code.ts";
import { codeNow } from "../two-factor/support/two-factor-stage.ts";
import { openStage, type VerificationStage } from "./support/verification-stage.ts";
import { pendingOf, sessionOf } from "../support/sign-in-outcome.ts";

forEachDatabase("a sign-up with an address to verify", (ctx) => {
  let stage: VerificationStage;
  beforeAll(async () => {
    stage = await openStage(ctx);
  });
  afterAll(() => stage.auth.close());

  const signUp = async (account = newCredentials()) => {
    const pending = pendingOf(await stage.auth.signUp(account));
    return { account, pendingToken: pending.token, letter: await stage.latest(account.email) };
  };
  const verified = async (account = newCredentials()) => {
    const { pendingToken, letter } = await signUp(account);
    const { user, signedIn } = await stage.auth.emailVerification.confirm({
      pendingToken,
      code: letter.code,
    });
    return { account, user, session: sessionOf(signedIn) };
  };
  const outcome = (confirmation: Parameters<typeof stage.auth.emailVerification.confirm>[0]) =>
    errorCode(stage.auth.emailVerification.confirm(confirmation));

  it("waits for the mailed code, and then has a session, by cookies alone", async () => {
    const account = newCredentials();
    const cookies = new Map<string, string>();
    const held = await stage.send("/sign-up", { body: account, cookies });
    expect(held).toMatchObject({
      status: 201,
      body: { pending: { step: "emailVerification", methods: ["emailCode", "link"], details: {} } },
    });
    expect([...cookies.keys()]).toEqual(["__Host-wispy-module-emailVerification"]);
    const { code, subject, text } = await stage.latest(account.email);
    expect(subject).toBe("Confirm your e-mail address");
    expect(text).toContain("where you are signing in:");
    const wrong = code === "000000" ? "000001" : "000000";
    const refused = await stage.send("/email-verification/confirm", { body: { code: wrong }, cookies });
    expect(refused).toMatchObject({ status: 422, body: { code: "emailVerification.code_wrong" } });
    const opened = await stage.send("/email-verification/confirm", { body: { code }, cookies });
    expect(opened).toMatchObject({
      status: 200,
      body: { verified: true, user: { email: account.email, emailVerifiedAt: expect.any(String) as string } },
    });
    expect([...cookies.keys()].sort()).toEqual(["__Host-wispy-device", "__Host-wispy-session"]);
    expect((await stage.send("/session", { method: "GET", cookies })).status).toBe(200);
    await expect(stage.auth.signIn(account)).resolves.toHaveProperty("token");
  });

  it("goes on by the link in the browser that waits, and is verified by it in any other", async () => {
    for (const sameBrowser of [true, false]) {
      const account = newCredentials();
      const cookies = new Map<string, string>();
      await stage.send("/sign-up", { body: account, cookies });
      const { token, text } = await stage.latest(account.email);
      expect(text).toContain("https://app.example.com/verify-email?token=");
      const browser = sameBrowser ? cookies : new Map<string, string>();
      const answer = await stage.send("/email-verification/confirm", { body: { token }, cookies: browser });
      expect(answer.status).toBe(200);
      expect(browser.has("__Host-wispy-session")).toBe(sameBrowser);
      if (!sameBrowser) expect(answer.body).toEqual({ verified: true });
      await expect(stage.auth.signIn(account)).resolves.toHaveProperty("token");
    }
  });

  it("gives a link's session to no browser that waits for another account", async () => {
    const theirs = await signUp();
    const mine = await signUp();
    const { signedIn, user } = await stage.auth.emailVerification.confirm({
      token: theirs.letter.token,
      pendingToken: mine.pendingToken,
    });
    expect([signedIn, user.email]).toEqual([null, theirs.account.email]);
    expect(await outcome({ pendingToken: mine.pendingToken, code: mine.letter.code })).toBe("none");
  });

  it("EN-03: answers alike for a free address and a taken one, writes alike, and tells the owner", async () => {
    const owner = await verified();
    const [local, domain] = owner.account.email.split("@") as [string, string];
    const tables = ["email_verifications", "mails", "events", "sessions", "devices"];
    const rows = () => Promise.all(tables.map((table) => stage.count(table)));
    const answerTo = async (email: string, delivery: object) => {
      const before = await rows();
      const input = { email, password: newCredentials().password, ...delivery };
      const { status, headers, body } = await stage.send("/sign-up", { body: input });
      const after = await rows();
      const seen = JSON.stringify({ headers, body }).replaceAll(/[\w-]{43}/g, "TOKEN");
      return { status, seen, rows: after.map((count, index) => count - before[index]!) };
    };
    for (const delivery of [{}, { tokenDelivery: "body" }]) {
      const free = await answerTo(newCredentials().email, delivery);
      expect(free).toMatchObject({ status: 201, rows: [1, 1, 1, 0, 0] });
      expect(free.seen).toContain("TOKEN");
      expect(await answerTo(owner.account.email, delivery)).toEqual(free);
      expect(await answerTo(`${local.toUpperCase()}@${domain}`, delivery)).toEqual(free);
    }
    const letter = await stage.latest(owner.account.email);
    expect(letter).toMatchObject({ subject: "You have an account already", code: "", token: "" });
    expect(letter.text).toContain("https://app.example.com/sign-in");
    expect(letter.text).toContain("https://app.example.com/forgot-password");
    const types = (await stage.auth.listEvents(owner.user.id)).map(({ type }) => type);
    expect(types).toContain("emailVerification.address_taken");
  });

  it("EN-03: answers codes and resends alike for a taken address, and opens nothing", async () => {
    const owner = await verified();
    stage.clock.advance(86_401);
    const free = await signUp();
    const taken = await signUp({ ...owner.account, password: newCredentials().password });
    const seen = [];
    for (const { pendingToken, letter } of [free, taken]) {
      const wrong = letter.code === "123456" ? "123457" : "123456";
      const codes = [];
      for (let mails = 0; mails < 3; mails += 1) {
        codes.push(await outcome({ pendingToken, code: wrong }));
        codes.push(await errorCode(stage.auth.emailVerification.send({ pendingToken })));
      }
      for (let guess = 0; guess < 3; guess += 1) codes.push(await outcome({ pendingToken, code: wrong }));
      seen.push(codes);
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(tally(seen[0]!)).toEqual({
      "emailVerification.code_wrong": 5,
      "emailVerification.challenge_gone": 1,
      none: 2,
      too_many_requests: 1,
    });
  });

  it("TK-02: is confirmed once, of 50 at once by the link or by the code", async () => {
    const { pendingToken, letter } = await signUp();
    const links = await allAtOnce(50, () => outcome({ pendingToken, token: letter.token }));
    expect(tally(links)["none"]).toBe(1);
    expect(await stage.count("sessions")).toBeGreaterThan(0);
    const second = await signUp();
    const code = second.letter.code;
    const codes = await allAtOnce(50, () => outcome({ pendingToken: second.pendingToken, code }));
    expect(tally(codes)["none"]).toBe(1);
    const { id } = (await stage.auth.users.getByEmail(second.account.email))!;
    expect((await stage.auth.listSessions(id)).length).toBe(1);
  });

  it("TK-05: looks at five codes of a sign-in, of 100 at once, and gives no more for a resend", async () => {
    const { pendingToken, letter, account } = await signUp();
    const wrong = letter.code === "123456" ? "123457" : "123456";
    const codes = await allAtOnce(100, () => outcome({ pendingToken, code: wrong }));
    expect(tally(codes)).toEqual({
      "emailVerification.code_wrong": 5,
      "emailVerification.challenge_gone": 95,
    });
    expect(await outcome({ pendingToken, code: letter.code })).toBe("emailVerification.challenge_gone");
    expect(await errorCode(stage.auth.emailVerification.send({ pendingToken }))).toBe(
      "emailVerification.challenge_gone",
    );
    const { id } = (await stage.auth.users.getByEmail(account.email))!;
    const failed = (await stage.auth.listEvents(id)).filter(
      ({ type }) => type === "emailVerification.failed",
    );
    expect(failed.length).toBe(5);
  });

  it("TK-05: a code opens the sign-in that it was mailed for, and no other", async () => {
    const [one, two] = [await signUp(), await signUp()];
    const code = one.letter.code;
    if (code !== two.letter.code) {
      expect(await outcome({ pendingToken: two.pendingToken, code })).toBe("emailVerification.code_wrong");
    }
    expect(await outcome({ pendingToken: one.pendingToken, code })).toBe("none");
  });

  it("TK-03: a newer mail, time and a new password void what was mailed before", async () => {
    const { auth, clock } = stage;
    const first = await signUp();
    const { pendingToken, account } = first;
    await auth.emailVerification.send({ pendingToken });
    const second = await stage.latest(account.email);
    expect(await outcome({ token: first.letter.token })).toBe("emailVerification.link_gone");
    clock.advance(600);
    expect(await outcome({ pendingToken, code: second.code })).toBe("emailVerification.code_wrong");
    await auth.emailVerification.send({ pendingToken });
    const third = await stage.latest(account.email);
    const { id } = (await auth.users.getByEmail(account.email))!;
    await auth.users.setPassword(id, "set by somebody else");
    expect(await outcome({ token: third.token })).toBe("emailVerification.link_gone");
    expect(await outcome({ pendingToken, code: third.code })).toBe("emailVerification.challenge_gone");
    const again = pendingOf(await auth.signIn({ email: account.email, password: "set by somebody else" }));
    const fourth = await stage.latest(account.email);
    clock.advance(1800);
    expect(await outcome({ pendingToken: again.token, code: fourth.code })).toBe(
      "emailVerification.challenge_gone",
    );
    clock.advance(84_599);
    expect(await outcome({ token: fourth.token })).toBe("none");
    const late = await signUp();
    clock.advance(86_400);
    expect(await outcome({ token: late.letter.token })).toBe("emailVerification.link_gone");
  });

  it("RL-10: mails an address five times an hour, whoever signs in or up, and answers alike", async () => {
    const { auth, mails, clock } = stage;
    const { account } = await signUp();
    for (let turn = 0; turn < 5; turn += 1) {
      pendingOf(await auth.signIn(account));
      pendingOf(await auth.signUp({ ...account, password: newCredentials().password }));
    }
    await auth.mail.deliver();
    expect(mails.messages.filter(({ to }) => to === account.email).length).toBe(5);
    const capped = pendingOf(await auth.signIn(account));
    expect(await errorCode(auth.emailVerification.send({ pendingToken: capped.token }))).toBe(
      "too_many_requests",
    );
    expect(await outcome({ pendingToken: capped.token, code: "123456" })).toBe(
      "emailVerification.code_wrong",
    );
    clock.advance(3601);
    const { token: pendingToken } = pendingOf(await auth.signIn(account));
    const { code } = await stage.latest(account.email);
    expect(await outcome({ pendingToken, code })).toBe("none");
  });

  it("asks users that the application made at their first sign-in, and nobody whose address is verified", async () => {
    const { auth } = stage;
    const account = newCredentials();
    await auth.users.create(account);
    const { token: pendingToken } = pendingOf(await auth.signIn(account));
    const { code } = await stage.latest(account.email);
    expect(await outcome({ pendingToken, code })).toBe("none");
    const known = newCredentials();
    await auth.users.create({ ...known, emailVerified: true });
    await expect(auth.signIn(known)).resolves.toHaveProperty("token");
  });

  it("asks for the address and for the second factor, one after the other", async () => {
    const { auth, clock } = stage;
    const { account, user, session } = await verified();
    const offer = await auth.twoFactor.offerTotp(user.id);
    const owner = { userId: user.id, sessionId: session.session.id };
    await auth.twoFactor.confirmTotp(owner, codeNow(offer.secret, clock));
    clock.advance(86_400);
    const email = newCredentials().email;
    await auth.users.update(user.id, { email });
    const first = pendingOf(await auth.signIn({ ...account, email }));
    expect(first.step).toBe("emailVerification");
    const cookies = new Map([["__Host-wispy-module-emailVerification", first.token]]);
    const { code } = await stage.latest(email);
    const held = await stage.send("/email-verification/confirm", { body: { code }, cookies });
    expect(held.body).toMatchObject({ verified: true, pending: { step: "twoFactor" } });
    expect([...cookies.keys()]).toEqual(["__Host-wispy-module-twoFactor"]);
    const answer = { method: "totp", code: codeNow(offer.secret, clock) };
    const opened = await stage.send("/two-factor/answer", { body: answer, cookies });
    expect(opened).toMatchObject({ status: 200, body: { user: { email } } });
  });

  it("redeems a referral code once, for a free address alone, and does not tell", async () => {
    const { auth } = stage;
    const inviter = await verified();
    const { code: referralCode } = await auth.referrals.createCode({ userId: inviter.user.id });
    const body = { ...newCredentials(), referralCode };
    const free = await stage.send("/sign-up", { body });
    const before = await stage.count("referrals");
    expect(before).toBe(1);
    const again = await stage.send("/sign-up", { body: { ...body, password: newCredentials().password } });
    expect([again.status, Object.keys(again.body!)]).toEqual([free.status, Object.keys(free.body!)]);
    expect(Object.keys(free.body!)).toEqual(["pending"]);
    await auth.mail.deliver();
    const { token } = pendingOf(await auth.signIn(body));
    expect(await outcome({ pendingToken: token, code: (await stage.latest(body.email)).code })).toBe("none");
    expect(await stage.count("referrals")).toBe(1);
  });

  it("SE-10: the token of a sign-in that waits opens nothing", async () => {
    const { pendingToken } = await signUp();
    const asked = [
      ["GET", "/session"],
      ["GET", "/sessions"],
      ["POST", "/password/confirm", { password: "x" }],
      ["DELETE", "/user", { password: "x" }],
      ["POST", "/two-factor/totp"],
      ["POST", "/email-verification/change", { email: newCredentials().email }],
    ] as const;
    for (const [method, path, body] of asked) {
      const cookies = new Map([
        ["__Host-wispy-session", pendingToken],
        ["__Host-wispy-module-emailVerification", pendingToken],
      ]);
      const sent = { method, ...(body && { body }) };
      const byBearer = await stage.send(path, { ...sent, token: pendingToken });
      const byCookie = await stage.send(path, { ...sent, cookies });
      expect([path, byBearer.status, byCookie.status]).toEqual([path, 401, 401]);
    }
    expect(await outcome({ token: pendingToken })).toBe("emailVerification.link_gone");
  });

  it("SE-02, TK-01: leaves no token and no code in the database, before it is delivered and after", async () => {
    const account = newCredentials();
    const { token: pendingToken } = pendingOf(await stage.auth.signUp(account));
    const dumpOf = async (): Promise<string> => {
      const rows = [];
      for (const table of ["email_verifications", "mails", "events"]) {
        rows.push(...(await ctx.host.query(`select * from ${ctx.table(table)}`)));
      }
      const bytes = (value: unknown): value is { readonly data: number[] } =>
        value !== null && typeof value === "object" && "type" in value && value.type === "Buffer";
      return JSON.stringify(rows, (_, value: unknown) =>
        bytes(value) ? Buffer.from(value.data).toString("base64url") : value,
      );
    };
    const before = await dumpOf();
    const { token, code } = await stage.latest(account.email);
    for (const dump of [before, await dumpOf()]) {
      for (const one of [token, pendingToken, `"${code}"`]) expect(dump).not.toContain(one);
    }
  });

  it("IN-02, IN-06: mails the stored address a link of the configured origin, whatever the request says", async () => {
    const { account } = await signUp();
    const local = account.email.split("@")[0]!;
    const spelling = { ...account, email: `${local.toUpperCase()}@EXAMPLE.com` };
    const from = stage.mails.messages.length;
    const headers = { "x-forwarded-host": "evil.example", "x-forwarded-proto": "http", host: "evil.example" };
    await stage.send("/sign-in", { body: spelling, headers });
    await stage.auth.mail.deliver();
    const sent = stage.mails.messages.slice(from);
    expect(sent.map(({ to }) => to)).toEqual([account.email]);
    expect(`${sent[0]!.text}${sent[0]!.html}`).not.toContain("evil");
    expect(sent[0]!.text).toContain("https://app.example.com/verify-email?token=");
  });
});
