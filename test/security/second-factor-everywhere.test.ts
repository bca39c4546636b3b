import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuth, isPending, type Auth } from "wispy-auth";
import { emailVerification } from "wispy-auth/email-verification";
import { mail, memoryTransport } from "wispy-auth/mail";
import { oauth } from "wispy-auth/oauth";
import { passwordReset } from "wispy-auth/password-reset";
import { twoFactor } from "wispy-auth/two-factor";
import { coreContracts } from "../../src/http/routes/core-contracts.ts";
import { verificationContracts } from "../../src/modules/email-verification/routes/verification-contracts.ts";
import { oauthContracts } from "../../src/modules/oauth/routes/oauth-contracts.ts";
import { passwordResetRoutes } from "../../src/modules/password-reset/routes/password-reset-routes.ts";
import { referralContracts } from "../../src/modules/referrals/routes/referral-contracts.ts";
import { twoFactorContracts } from "../../src/modules/two-factor/routes/two-factor-contracts.ts";
import { providerOf } from "../modules/oauth/support/oauth-auth.ts";
import { createOAuthBrowser } from "../modules/oauth/support/oauth-browser.ts";
import { startIssuer, type Issuer } from "../modules/oauth/support/start-issuer.ts";
import { codeNow } from "../modules/two-factor/support/two-factor-stage.ts";
import { newCredentials, optionsOf } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createHttpClient } from "../support/http-client.ts";
import { createTestClock } from "../support/test-clock.ts";

type AllAuth = Auth<
  unknown,
  readonly [
    ReturnType<typeof mail>,
    ReturnType<typeof passwordReset>,
    ReturnType<typeof emailVerification>,
    ReturnType<typeof twoFactor>,
    ReturnType<typeof oauth>,
  ]
>;

const sessionCookie = "__Host-wispy-session";

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer(["acme"]);
});
afterAll(() => issuer.stop());

it("OA-13: every route that can hand a session over is one that is walked below", () => {
  const contracts = [
    coreContracts,
    oauthContracts,
    referralContracts,
    twoFactorContracts,
    verificationContracts,
  ].flatMap(
    (all) =>
      Object.values(all) as { readonly id: string; readonly output: unknown; readonly status: number }[],
  );
  const routes = [...contracts, ...passwordResetRoutes({} as never)];
  const doors = routes.filter(
    ({ id, output, status }) =>
      output === "signedIn" ||
      status === 303 ||
      id === "signUp" ||
      id === "signIn" ||
      id === "changePassword" ||
      id === "emailVerification.confirm",
  );
  expect(doors.map(({ id }) => id).sort()).toEqual([
    "changePassword",
    "emailVerification.confirm",
    "oauth.callback",
    "oauth.formCallback",
    "signIn",
    "signUp",
    "twoFactor.answer",
  ]);
});

it("OA-13: rows of sessions are written at the places that ask for the second step, and nowhere else", () => {
  const places = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `src/${path}`)
    .filter((path) => /\b(insertSession|openSession)\.with\(/.test(readFileSync(path, "utf8")));
  expect(places.sort()).toEqual([
    // Of somebody signed in.
    "src/core/credentials/change-password.ts",
    // Where there is no module that asks.
    "src/core/sign-in/enter-at-once.ts",
    "src/core/sign-in/open-verified-session.ts",
    "src/core/sign-in/way-in.ts",
    // Of an account that is not a moment old.
    "src/core/sign-up/sign-up-script.ts",
  ]);
});

forEachDatabase("a user with a second factor", (ctx) => {
  const clock = createTestClock();
  const mails = memoryTransport();
  let auth: AllAuth;
  beforeAll(async () => {
    const created = await createAuth({
      ...optionsOf(ctx, { clock }),
      modules: [
        mail({ from: "Test <test@example.com>", transport: mails, delivery: "manual" }),
        passwordReset(),
        emailVerification(),
        twoFactor({ issuer: "Test", mail: true }),
        oauth({
          providers: [providerOf(issuer)],
          pages: { signedIn: "/home", error: "/sign-in", pending: "/step" },
          allowLoopback: true,
        }),
      ],
    });
    auth = created;
    ctx.onSuiteEnd(() => created.close());
  });

  /** Somebody whose account has a password, an identity at a provider, and an authenticator application. */
  async function newUser() {
    const person = issuer.newPerson();
    const password = newCredentials().password;
    const browser = createOAuthBrowser(auth);
    await browser.signIn("acme", person.sub);
    const user = (await auth.users.getByEmail(person.email))!;
    await auth.users.setPassword(user.id, password);
    await browser.signIn("acme", person.sub);
    const { session } = (await browser.get("/session")).body as { session: { id: string } };
    const offer = await auth.twoFactor.offerTotp(user.id);
    const owner = { userId: user.id, sessionId: session.id };
    await auth.twoFactor.confirmTotp(owner, codeNow(offer.secret, clock));
    await auth.revokeOtherSessions({ userId: user.id });
    clock.advance(31);
    return { person, user, account: { email: person.email, password }, secret: offer.secret };
  }

  it("OA-13, SE-10: gets no session without it by any door", async () => {
    const { person, user, account } = await newUser();
    const sessions = async (): Promise<number> => (await auth.listSessions(user.id)).length;

    expect(isPending(await auth.signIn(account))).toBe(true);
    for (const tokenDelivery of ["cookie", "body"]) {
      const client = createHttpClient(auth);
      const { status, body } = await client.post("/sign-in", { ...account, tokenDelivery });
      expect([status, Object.keys(body!)]).toEqual([200, ["pending"]]);
      expect(client.cookies.has(sessionCookie)).toBe(false);
    }
    const taken = createHttpClient(auth);
    expect(Object.keys((await taken.post("/sign-up", account)).body!)).toEqual(["pending"]);
    expect(taken.cookies.has(sessionCookie)).toBe(false);

    const browser = createOAuthBrowser(auth);
    expect(await browser.signIn("acme", person.sub)).toBe("/step?step=twoFactor");
    expect(browser.cookies.has(sessionCookie)).toBe(false);
    expect((await browser.get("/session")).status).toBe(401);

    await auth.passwordReset.request({ email: account.email });
    await auth.mail.deliver();
    const letter = mails.messages.findLast(({ text }) => text.includes("?token="))!;
    const token = /\?token=([\w-]+)/.exec(letter.text)![1]!;
    const resetting = createHttpClient(auth);
    const password = "a password after the reset";
    expect((await resetting.post("/password-reset", { token, password })).status).toBe(204);
    expect(resetting.cookies.has(sessionCookie)).toBe(false);
    expect(isPending(await auth.signIn({ email: account.email, password }))).toBe(true);
    expect(await sessions()).toBe(0);

    // The address is to be proved again: by its mail, which is no second factor.
    await ctx.host.query(`update ${ctx.table("users")} set email_verified_at = null where id = '${user.id}'`);
    const proving = createHttpClient(auth);
    const asked = await proving.post("/sign-in", { email: account.email, password });
    const steps = [(asked.body as { pending: { step: string } }).pending.step];
    if (steps[0] === "emailVerification") {
      await auth.mail.deliver();
      const mailed = mails.messages.findLast(
        ({ to, text }) => to === account.email && /\b\d{6}\b/.test(text),
      )!;
      const code = /\b(\d{6})\b/.exec(mailed.text)![1]!;
      const confirmed = await proving.post("/email-verification/confirm", { code });
      steps.push((confirmed.body as { pending: { step: string } }).pending.step);
    }
    expect(steps.at(-1)).toBe("twoFactor");
    expect(proving.cookies.has(sessionCookie)).toBe(false);
    expect(await sessions()).toBe(0);
  });

  it("OA-13: gets one by every door with it", async () => {
    const { person, user, account, secret } = await newUser();
    const byPassword = createHttpClient(auth);
    await byPassword.post("/sign-in", account);
    const byProvider = createOAuthBrowser(auth);
    await byProvider.signIn("acme", person.sub);
    for (const client of [byPassword, byProvider]) {
      const answer = { method: "totp", code: codeNow(secret, clock) };
      expect((await client.post("/two-factor/answer", answer)).status).toBe(200);
      expect((await client.get("/session")).status).toBe(200);
      clock.advance(31);
    }
    const events = await auth.listEvents(user.id);
    const methods = events
      .filter(({ type, data }) => type === "sign_in.succeeded" && data["passed"] !== undefined)
      .map(({ data }) => data["method"]);
    expect(methods).toEqual(["oauth.acme", "password"]);
  });

  it("SE-10: cannot answer for somebody else", async () => {
    const [owner, thief] = [await newUser(), await newUser()];
    const held = await auth.signIn(owner.account);
    if (!isPending(held)) throw new Error("a second step is asked for");
    const code = codeNow(thief.secret, clock);
    const answer = auth.twoFactor.answer({ token: held.pending.token, method: "totp", code });
    await expect(answer).rejects.toMatchObject({ code: "twoFactor.code_wrong" });
    expect(await auth.listSessions(owner.user.id)).toEqual([]);
  });
});
