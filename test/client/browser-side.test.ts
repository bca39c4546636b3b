import { beforeAll, expect, it } from "vitest";
import { createAuthClient } from "wispy-auth/client";
import { passwordResetClient } from "wispy-auth/password-reset/client";
import { referralsClient } from "wispy-auth/referrals/client";
import { twoFactorClient } from "wispy-auth/two-factor/client";
import { codeNow } from "../modules/two-factor/support/two-factor-stage.ts";
import { newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { browserSide, clientBaseUrl } from "./support/client-fetch.ts";
import { openClientStage, type ClientStage } from "./support/client-stage.ts";

forEachDatabase("the client in a browser", (ctx) => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await openClientStage(ctx);
  });

  const openBrowser = () => {
    const { fetch, cookies } = browserSide(stage.auth);
    const modules = [referralsClient, twoFactorClient, passwordResetClient] as const;
    return { client: createAuthClient({ baseUrl: clientBaseUrl, fetch, modules }), cookies };
  };

  it("signs up, knows who is signed in, and signs out", async () => {
    const { client, cookies } = openBrowser();
    const account = newCredentials();
    const made = await client.signUp({ ...account, name: "Ada" });
    expect(made).toMatchObject({ user: { email: account.email, name: "Ada" }, referrals: null });
    expect(made).not.toHaveProperty("token");
    const { user, session } = await client.getSession();
    expect(user.email).toBe(account.email);
    const { sessions } = await client.listSessions();
    expect(sessions).toMatchObject([{ id: session.id, current: true }]);
    expect(cookies.size).toBeGreaterThan(0);
    expect(await client.signOut()).toBeUndefined();
    await expect(client.getSession()).rejects.toMatchObject({ code: "unauthenticated", status: 401 });
  });

  it("ends another session by the name in its path, and the others without one", async () => {
    const account = newCredentials();
    const [first, second, third] = [openBrowser(), openBrowser(), openBrowser()];
    await first.client.signUp(account);
    await second.client.signIn(account);
    await third.client.signIn(account);
    const { session } = await second.client.getSession();
    expect(await first.client.revokeSession({ id: session.id })).toBeUndefined();
    await expect(second.client.getSession()).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await first.client.revokeOtherSessions()).toEqual({ revoked: 1 });
    await expect(first.client.revokeSession({ id: session.id })).rejects.toMatchObject({ code: "not_found" });
  });

  it("sends the body of a DELETE that has one", async () => {
    const { client } = openBrowser();
    const { email, password } = newCredentials();
    await client.signUp({ email, password });
    await expect(client.deleteUser({ password: "wrong" })).rejects.toMatchObject({
      code: "invalid_credentials",
    });
    expect(await client.deleteUser({ password })).toBeUndefined();
    await expect(client.signIn({ email, password })).rejects.toMatchObject({ code: "invalid_credentials" });
  });

  it("makes referral codes, brings somebody in by one, and lists them by pages", async () => {
    const ada = openBrowser();
    await ada.client.signUp(newCredentials());
    const made = await ada.client.referrals.createCode();
    const { id, code } = made;
    expect(await ada.client.referrals.updateCode({ id, maxUses: 2 })).toMatchObject({ id, maxUses: 2 });
    expect(await ada.client.referrals.checkCode({ code })).toEqual({ redeemable: true, reason: null });

    for (const referralCode of [code, code]) {
      const signedUp = await openBrowser().client.signUp({ ...newCredentials(), referralCode });
      expect(signedUp).toMatchObject({ referrals: { redeemed: true, program: made.program } });
    }
    const all = await ada.client.referrals.listReferrals();
    expect(all.referrals).toHaveLength(2);
    const [newest, oldest] = all.referrals;
    const page = await ada.client.referrals.listReferrals({ limit: 1, after: undefined });
    expect(page.referrals).toEqual([newest]);
    const next = await ada.client.referrals.listReferrals({ limit: 1, after: newest!.id });
    expect(next.referrals).toEqual([oldest]);
    expect(await ada.client.referrals.stats({ days: 7 })).toMatchObject({ referrals: 2 });

    await ada.client.referrals.setProfile({ displayName: "Ada & co. ?/#", listed: true });
    expect(await ada.client.referrals.getProfile()).toEqual({ displayName: "Ada & co. ?/#", listed: true });
    expect(await ada.client.referrals.deactivateCode({ id })).toBeUndefined();
    const { codes } = await ada.client.referrals.listCodes();
    expect(codes).toMatchObject([{ id, status: "deactivated" }]);
  });

  it("is asked for a second step, and answers it", async () => {
    const account = newCredentials();
    const { client } = openBrowser();
    await client.signUp(account);
    const offer = await client.twoFactor.offerTotp();
    const code = codeNow(offer.secret, stage.clock);
    const { recoveryCodes } = await client.twoFactor.confirmTotp({ code });
    stage.clock.advance(30);

    const other = openBrowser();
    const answer = await other.client.signIn(account);
    if (!("pending" in answer)) throw new Error("there is a session already");
    expect(answer.pending).toMatchObject({ step: "twoFactor", methods: ["totp", "recoveryCode"] });
    await expect(other.client.twoFactor.answer({ method: "totp", code: "000000" })).rejects.toMatchObject({
      code: "twoFactor.code_wrong",
    });
    const signedIn = await other.client.twoFactor.answer({
      method: "recoveryCode",
      code: recoveryCodes![0]!,
    });
    expect(signedIn).toMatchObject({ user: { email: account.email } });
    expect(await other.client.twoFactor.status()).toMatchObject({ enabled: true, factors: ["totp"] });
    const proof = { method: "totp", code: codeNow(offer.secret, stage.clock) } as const;
    expect(await other.client.twoFactor.disable({ factor: "totp", ...proof })).toBeUndefined();
    expect(await other.client.twoFactor.status()).toMatchObject({ enabled: false });
  });

  it("asks for a link to a new password, and sets it", async () => {
    const account = newCredentials();
    const { client } = openBrowser();
    await client.signUp(account);
    expect(await client.passwordReset.request({ email: account.email })).toEqual({ accepted: true });
    await stage.auth.mail.deliver();
    const token = /\?token=([\w-]+)/.exec(stage.mails.latestTo(account.email)!.text)![1]!;
    expect(await client.passwordReset.reset({ token, password: "quite another password" })).toBeUndefined();
    await expect(client.getSession()).rejects.toMatchObject({ code: "unauthenticated" });
    await client.signIn({ email: account.email, password: "quite another password" });
    expect((await client.getSession()).user.email).toBe(account.email);
  });
});
