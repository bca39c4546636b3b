import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { oauth } from "wispy-auth/oauth";
import { twoFactor } from "wispy-auth/two-factor";
import { newCredentials, optionsOf } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";
import { codeNow, enrol } from "../two-factor/support/two-factor-stage.ts";
import { providerOf } from "./support/oauth-auth.ts";
import { createOAuthBrowser } from "./support/oauth-browser.ts";
import { startIssuer, type Issuer } from "./support/start-issuer.ts";
import { pendingOf, sessionOf } from "../support/sign-in-outcome.ts";

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer(["acme"]);
});
afterAll(() => issuer.stop());

forEachDatabase("an account under a foreign address, with a second factor", (ctx) => {
  const clock = createTestClock();
  let auth: Auth<unknown, readonly [ReturnType<typeof oauth>, ReturnType<typeof twoFactor>]>;
  beforeAll(async () => {
    const pages = { signedIn: "/home", error: "/sign-in", pending: "/step" };
    auth = await createAuth({
      ...optionsOf(ctx, { clock }),
      modules: [
        oauth({ pages, allowLoopback: true, providers: [providerOf(issuer)] }),
        twoFactor({ issuer: "Test" }),
      ],
    });
    ctx.onSuiteEnd(() => auth.close());
  });

  /** Somebody with an authenticator application, and a browser that is trusted. */
  const enrolled = async () => {
    const made = await enrol({ auth, clock });
    const { token } = pendingOf(await auth.signIn(made.account));
    const code = made.recoveryCodes[0]!;
    const trusted = sessionOf(
      await auth.twoFactor.answer({ token, method: "recoveryCode", code, trustDevice: true }),
    );
    return { ...made, waiting: pendingOf(await auth.signIn(made.account)).token, trusted };
  };
  const rowsOf = async (userId: string): Promise<Readonly<Record<string, number>>> => {
    const tables = ["credentials", "devices", "factors", "recovery_codes", "challenges", "trusted_devices"];
    const counts: Record<string, number> = {};
    for (const name of tables) {
      const table = ctx.table(/^(cre|dev)/.test(name) ? name : `two_factor_${name}`);
      const rows = await ctx.host.query(`select user_id from ${table} where user_id = '${userId}'`);
      counts[name] = rows.length;
    }
    return counts;
  };

  it("OA-08, TK-04: goes to who proves the address, without any way in of before, and its factor stays before it", async () => {
    const squatter = await enrolled();
    const { account, userId, trusted } = squatter;
    const victim = issuer.newPerson({ email: account.email });
    expect(await createOAuthBrowser(auth).signIn("acme", victim.sub)).toBe("/step?step=twoFactor");
    expect(await rowsOf(userId)).toMatchObject({
      credentials: 0,
      devices: 0,
      factors: 1,
      trusted_devices: 0,
    });
    for (const token of [squatter.token, trusted.token]) expect(await auth.getSession(token)).toBeNull();
    const { deviceToken } = trusted;
    expect(await errorCode(auth.signIn(account, { deviceToken }))).toBe("invalid_credentials");
    const code = squatter.recoveryCodes[1]!;
    const answer = { token: squatter.waiting, method: "recoveryCode", code } as const;
    expect(await errorCode(auth.twoFactor.answer(answer))).toBe("twoFactor.challenge_gone");

    await auth.twoFactor.reset(userId);
    const own = createOAuthBrowser(auth);
    expect(await own.signIn("acme", victim.sub)).toBe("/home");
    expect((await own.get("/session")).body).toMatchObject({ user: { id: userId } });
  });

  it("OA-13: keeps its second factor where the address was proved, or the provider proves none", async () => {
    const account = newCredentials();
    const { id: userId } = await auth.users.create({ ...account, emailVerified: true });
    const { session } = sessionOf(await auth.signIn(account));
    const offer = await auth.twoFactor.offerTotp(userId);
    await auth.twoFactor.confirmTotp({ userId, sessionId: session.id }, codeNow(offer.secret, clock));
    const owner = issuer.newPerson({ email: account.email });
    expect(await createOAuthBrowser(auth).signIn("acme", owner.sub)).toBe("/step?step=twoFactor");
    const unproved = await enrolled();
    const anybody = issuer.newPerson({ email: unproved.account.email, email_verified: false });
    expect(await createOAuthBrowser(auth).signIn("acme", anybody.sub)).toBe(
      "/sign-in?error=oauth.account_exists&provider=acme",
    );
    for (const id of [userId, unproved.userId]) {
      expect(await auth.twoFactor.status(id)).toMatchObject({ factors: ["totp"] });
    }
  });
});
