import { afterAll, beforeAll, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, errorCode, tally } from "../../suite/core/support/error-code.ts";
import { openStage, type VerificationStage } from "./support/verification-stage.ts";
import { sessionOf } from "../support/sign-in-outcome.ts";

forEachDatabase("a change of the address", (ctx) => {
  let stage: VerificationStage;
  beforeAll(async () => {
    stage = await openStage(ctx);
  });
  afterAll(() => stage.auth.close());

  const newUser = async () => {
    const account = newCredentials();
    const user = await stage.auth.users.create({ ...account, emailVerified: true });
    const { token, session } = sessionOf(await stage.auth.signIn(account));
    return { account, user, token, owner: { userId: user.id, sessionId: session.id } };
  };
  const change = async (owner: Awaited<ReturnType<typeof newUser>>["owner"], email: string) => {
    await stage.auth.emailVerification.requestChange(owner, { email });
    return stage.latest(email);
  };
  const confirm = (confirmation: Parameters<typeof stage.auth.emailVerification.confirm>[0]) =>
    errorCode(stage.auth.emailVerification.confirm(confirmation));
  const undo = (token: string) => errorCode(stage.auth.emailVerification.undoChange({ token }));
  const addressOf = async (id: string) => (await stage.auth.users.get(id))!.email;

  it("TK-07: is confirmed at the new address, keeps the session that asked, and can be taken back at the old one", async () => {
    const { auth } = stage;
    const { account, user, token } = await newUser();
    const { token: elsewhere } = sessionOf(await auth.signIn(account));
    const { email } = newCredentials();
    const asked = await stage.send("/email-verification/change", { body: { email }, token });
    expect(asked).toMatchObject({ status: 202, body: { accepted: true } });
    const letter = await stage.latest(email);
    expect(letter.subject).toBe("Confirm your new e-mail address");
    expect(await addressOf(user.id)).toBe(account.email);
    const confirmed = await stage.send("/email-verification/confirm", { body: { token: letter.token } });
    expect(confirmed).toMatchObject({ status: 200, body: { verified: true } });
    expect(await auth.users.get(user.id)).toMatchObject({ email, emailVerifiedAt: expect.any(Date) as Date });
    expect(await auth.getSession(token)).not.toBeNull();
    expect(await auth.getSession(elsewhere)).toBeNull();

    const notice = await stage.latest(account.email);
    expect(notice).toMatchObject({ subject: "Your e-mail address was changed", code: "" });
    expect(notice.text).toContain("https://app.example.com/undo-email-change?token=");
    expect(notice.text).not.toContain(email);
    const undone = await stage.send("/email-verification/undo", { body: { token: notice.token } });
    expect(undone.status).toBe(204);
    expect(await addressOf(user.id)).toBe(account.email);
    expect(await auth.getSession(token)).toBeNull();
    expect((await stage.latest(email)).subject).toBe("Your e-mail address was changed back");
    await expect(auth.signIn(account)).resolves.toHaveProperty("token");
    expect(await undo(notice.token)).toBe("emailVerification.link_gone");
  });

  it("is confirmed by the code of somebody signed in, as a user and by nobody else", async () => {
    const { user, token, owner } = await newUser();
    const other = await newUser();
    const { email } = newCredentials();
    const { code } = await change(owner, email);
    expect(await confirm({ userId: other.user.id, code })).toBe("emailVerification.code_wrong");
    const answer = await stage.send("/email-verification/confirm", { body: { code }, token });
    expect(answer.body).toEqual({ verified: true });
    expect(await addressOf(user.id)).toBe(email);
    expect(await confirm({ userId: user.id, code })).toBe("emailVerification.code_wrong");
  });

  it("TK-05: looks at five codes", async () => {
    const { user, owner } = await newUser();
    const { email } = newCredentials();
    const { code } = await change(owner, email);
    const wrong = code === "123456" ? "123457" : "123456";
    await allAtOnce(20, () => confirm({ userId: user.id, code: wrong }));
    expect(await confirm({ userId: user.id, code })).toBe("emailVerification.code_wrong");
    const failed = (await stage.auth.listEvents(user.id)).filter(
      ({ type }) => type === "emailVerification.failed",
    );
    expect(failed.length).toBe(5);
  });

  it("TK-06: sets the address that the link was mailed to, whatever was asked for at once", async () => {
    const { auth, mails } = stage;
    for (let round = 0; round < 5; round += 1) {
      const { user, owner } = await newUser();
      const emails = [newCredentials().email, newCredentials().email];
      await Promise.all(emails.map((email) => auth.emailVerification.requestChange(owner, { email })));
      await auth.mail.deliver();
      const tokens = emails.map((email) => /\?token=([\w-]+)/.exec(mails.latestTo(email)!.text)![1]!);
      const codes = await Promise.all(tokens.map((token) => confirm({ token })));
      expect(tally(codes)).toEqual({ none: 1, "emailVerification.link_gone": 1 });
      expect(await addressOf(user.id)).toBe(emails[codes.indexOf("none")]);
    }
  });

  it("TK-02: happens once, of 50 at once, and is taken back once", async () => {
    const { account, owner } = await newUser();
    const { token } = await change(owner, newCredentials().email);
    const codes = await allAtOnce(50, () => confirm({ token }));
    expect(tally(codes)).toEqual({ none: 1, "emailVerification.link_gone": 49 });
    const notice = await stage.latest(account.email);
    expect(tally(await allAtOnce(50, () => undo(notice.token)))).toEqual({
      none: 1,
      "emailVerification.link_gone": 49,
    });
  });

  it("EN-03: answers alike for a taken address, tells its owner, and moves nothing", async () => {
    const { user, token } = await newUser();
    const other = await newUser();
    const rows = () => Promise.all(["email_verifications", "mails", "events"].map(stage.count));
    const seen = [];
    for (const email of [newCredentials().email, other.account.email]) {
      const before = await rows();
      const { status, headers, body } = await stage.send("/email-verification/change", {
        body: { email },
        token,
      });
      const after = await rows();
      seen.push({ status, headers, body, rows: after.map((count, index) => count - before[index]!) });
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({ status: 202, rows: [1, 1, 1] });
    const letter = await stage.latest(other.account.email);
    expect(letter).toMatchObject({ subject: "You have an account already", code: "", token: "" });
    expect(letter.text).toContain("asked to move another account to this address");
    expect(await confirm({ userId: user.id, code: "123456" })).toBe("emailVerification.code_wrong");
  });

  it("is refused once the address is taken, and stays as it was", async () => {
    const { user, account, owner } = await newUser();
    const { email } = newCredentials();
    const { token } = await change(owner, email);
    await stage.auth.users.create({ email });
    expect(await confirm({ token })).toBe("user_exists");
    expect(await addressOf(user.id)).toBe(account.email);
  });

  it("is not taken back to an address that is taken meanwhile, nor after a week", async () => {
    const { account, owner } = await newUser();
    expect(await confirm({ token: (await change(owner, newCredentials().email)).token })).toBe("none");
    const notice = await stage.latest(account.email);
    const { id } = await stage.auth.users.create({ email: account.email });
    expect(await undo(notice.token)).toBe("user_exists");
    await stage.auth.users.delete(id);
    stage.clock.advance(7 * 86_400);
    await stage.auth.cleanUp();
    expect(await undo(notice.token)).toBe("emailVerification.link_gone");
  });

  it("is taken back by the first owner, whatever a stranger changed since, and by the stranger no more", async () => {
    const { account, user, owner } = await newUser();
    const [second, third] = [newCredentials().email, newCredentials().email];
    expect(await confirm({ token: (await change(owner, second)).token })).toBe("none");
    const first = await stage.latest(account.email);
    stage.clock.advance(60);
    expect(await confirm({ token: (await change(owner, third)).token })).toBe("none");
    const stranger = await stage.latest(second);
    await stage.auth.users.setPassword(user.id, "the stranger's password");
    expect(await undo(first.token)).toBe("none");
    expect(await addressOf(user.id)).toBe(account.email);
    expect(await undo(stranger.token)).toBe("emailVerification.link_gone");
  });

  it("TK-01: a link of one kind is none of another", async () => {
    const { account, owner } = await newUser();
    const { token } = await change(owner, newCredentials().email);
    expect(await undo(token)).toBe("emailVerification.link_gone");
    expect(await confirm({ token })).toBe("none");
    const notice = await stage.latest(account.email);
    expect(await confirm({ token: notice.token })).toBe("emailVerification.link_gone");
    expect(await undo(notice.token)).toBe("none");
  });

  it("TK-03: is void after a newer one, a new password, and another address", async () => {
    const { auth } = stage;
    const { user, owner } = await newUser();
    const first = await change(owner, newCredentials().email);
    const second = await change(owner, newCredentials().email);
    expect(await confirm({ token: first.token })).toBe("emailVerification.link_gone");
    await auth.users.setPassword(user.id, "set by somebody else");
    expect(await confirm({ token: second.token })).toBe("emailVerification.link_gone");
    const third = await change(owner, newCredentials().email);
    await auth.users.update(user.id, { email: newCredentials().email });
    expect(await confirm({ token: third.token })).toBe("emailVerification.link_gone");
  });

  it("asks for a session that is fresh, and mails an address five times an hour", async () => {
    const { token, account } = await newUser();
    const { email } = newCredentials();
    const statuses = [];
    for (let turn = 0; turn < 6; turn += 1) {
      statuses.push((await stage.send("/email-verification/change", { body: { email }, token })).status);
    }
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
    stage.clock.advance(86_401);
    const stale = await stage.send("/email-verification/change", { body: { email }, token });
    expect(stale).toMatchObject({ status: 403, body: { code: "session_not_fresh" } });
    await stage.auth.confirmPassword({ token, password: account.password });
    expect((await stage.send("/email-verification/change", { body: { email }, token })).status).toBe(202);
  });

  it("goes with the user", async () => {
    const { user, owner } = await newUser();
    const { token } = await change(owner, newCredentials().email);
    const before = await stage.count("email_verifications");
    await stage.auth.users.delete(user.id);
    expect(await stage.count("email_verifications")).toBe(before - 1);
    expect(await confirm({ token })).toBe("emailVerification.link_gone");
  });

  it.each<readonly [string, string, object | undefined, number]>([
    ["POST", "/email-verification/confirm", {}, 400],
    ["POST", "/email-verification/confirm", { code: "123456", token: "x" }, 400],
    ["POST", "/email-verification/confirm", { code: 123_456 }, 400],
    ["POST", "/email-verification/confirm", { code: "1".repeat(101) }, 400],
    ["POST", "/email-verification/confirm", { code: "123456" }, 410],
    ["POST", "/email-verification/confirm", { code: "123456", pendingToken: "\0" }, 400],
    ["POST", "/email-verification/confirm", { token: "A".repeat(43) }, 410],
    ["GET", "/email-verification/confirm", undefined, 405],
    ["POST", "/email-verification/send", {}, 410],
    ["POST", "/email-verification/send", { userId: "x" }, 400],
    ["POST", "/email-verification/change", { email: "a@example.com" }, 401],
    ["POST", "/email-verification/undo", { token: "x" }, 410],
    ["POST", "/email-verification/undo", {}, 400],
  ])("IN-10: %s %s with %j answers %i", async (...row) => {
    const [method, path, body, status] = row;
    const sent = await stage.send(path, { method, ...(body && { body }) });
    expect(sent.status).toBe(status);
    expect(sent.body).toMatchObject({ code: expect.any(String) as string });
  });

  it("CS-04: a link that a scanner opens, by any method that changes nothing, still works", async () => {
    const { owner } = await newUser();
    const { token } = await change(owner, newCredentials().email);
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      for (const path of ["confirm", "undo"]) {
        await stage.send(`/email-verification/${path}?token=${token}`, { method });
      }
    }
    expect(await confirm({ token })).toBe("none");
  });

  it("takes no address but one", async () => {
    const { token } = await newUser();
    for (const email of ["", "nobody", "a@example.com,b@example.com", "a@example.com\nbcc: b@example.com"]) {
      const answer = await stage.send("/email-verification/change", { body: { email }, token });
      expect(answer).toMatchObject({ status: 400, body: { code: "invalid_input" } });
    }
  });
});
