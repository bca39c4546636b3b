import { beforeAll, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createHttpClient, type HttpClient } from "../../support/http-client.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";
import { newOwner } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";

const windowSeconds = 3600;
const cookieName = "__Host-wispy-module-referrals";

forEachDatabase("a link that was followed", (ctx) => {
  let last: ReferralAuth;
  let first: ReferralAuth;
  beforeAll(async () => {
    const shareUrl = "https://app.example.com/join?from=friend#top";
    last = await createReferralAuth(ctx, { shareUrl, attribution: { windowSeconds } });
    first = await createReferralAuth(ctx, { attribution: { touch: "first", windowSeconds } });
  });

  const newCode = async (auth: ReferralAuth, options: { maxUses?: number } = {}): Promise<string> => {
    const userId = await newOwner(auth);
    return (await auth.referrals.createCode({ userId, ...options })).code;
  };
  const follow = async (browser: HttpClient, code: string): Promise<unknown> =>
    (await browser.post("/referrals/follow", { code })).body?.["remembered"];
  const signUp = async (browser: HttpClient, fields: object = {}): Promise<unknown> => {
    const { status, body } = await browser.post("/sign-up", { ...newCredentials(), ...fields });
    expect(status).toBe(201);
    return body?.["referrals"];
  };
  /** How often a code has brought somebody in. */
  const usesOf = async (code: string): Promise<number> => {
    const [row] = await ctx.host.query(`select uses from ${ctx.table("referral_codes")} where code = $1`, [
      code,
    ]);
    return Number(row!["uses"]);
  };
  const redeemed = { redeemed: true, program: "default" };

  it("is the application's own, with the code put in", async () => {
    const userId = await newOwner(last);
    const { code, shareUrl } = await last.referrals.createCode({ userId, code: "Ann-And-Bob" });
    expect(code).toBe("Ann-And-Bob");
    expect(shareUrl).toBe("https://app.example.com/join?from=friend&ref=Ann-And-Bob#top");
    const without = await first.referrals.createCode({ userId: await newOwner(first) });
    expect(without.shareUrl).toBeNull();
    const pieces = new URL(shareUrl!);
    const browser = createHttpClient(last);
    expect(await follow(browser, pieces.searchParams.get("ref")!)).toBe(true);
    expect(await signUp(browser)).toEqual(redeemed);
    expect(await usesOf(code)).toBe(1);
  });

  it("counts at the sign-up without being named there, by a cookie that scripts cannot read", async () => {
    const browser = createHttpClient(last);
    const code = await newCode(last);
    const answer = await browser.post("/referrals/follow", { code });
    expect(answer).toMatchObject({ status: 200, body: { remembered: true } });
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(new RegExp(`^${cookieName}=[\\w-]+;`));
    for (const attribute of ["HttpOnly", "Secure", "Path=/", `Max-Age=${String(windowSeconds)}`]) {
      expect(cookie).toContain(attribute);
    }
    expect(await signUp(browser)).toEqual(redeemed);
    expect(await usesOf(code)).toBe(1);
  });

  it("is remembered by pages of the application's own too", async () => {
    const code = await newCode(last);
    const cookie = await last.referrals.attributionCookie(code);
    const request = new Request("https://app.example.com/", { headers: { cookie: cookie!.split(";")[0]! } });
    const browser = createHttpClient(last);
    const { status, body } = await browser.post("/sign-up", newCredentials(), {
      cookie: request.headers.get("cookie")!,
    });
    expect(status).toBe(201);
    expect(body?.["referrals"]).toEqual(redeemed);
    expect(await last.referrals.attributionCookie("NOBODYS")).toBeNull();
  });

  it("makes room for another first one once its window is over", async () => {
    const [early, late] = [await newCode(first), await newCode(first)];
    const browser = createHttpClient(first);
    await follow(browser, early);
    first.clock.advance(windowSeconds + 1);
    expect(await follow(browser, late)).toBe(true);
    expect(await signUp(browser)).toEqual(redeemed);
    expect([await usesOf(early), await usesOf(late)]).toEqual([0, 1]);
  });

  it("with a code that brings nobody in leaves what was there before", async () => {
    const browser = createHttpClient(last);
    const [good, spent] = [await newCode(last), await newCode(last, { maxUses: 1 })];
    await signUp(createHttpClient(last), { referralCode: spent });
    await follow(browser, good);
    for (const code of ["NOBODYS", spent, " ", "-"]) expect(await follow(browser, code)).toBe(false);
    expect(await signUp(browser)).toEqual(redeemed);
    expect(await usesOf(good)).toBe(1);
  });

  it("whose code is spent by the time of the sign-up makes an account all the same, and says why", async () => {
    const browser = createHttpClient(last);
    const code = await newCode(last, { maxUses: 1 });
    await follow(browser, code);
    expect(await signUp(createHttpClient(last), { referralCode: code })).toEqual(redeemed);
    expect(await signUp(browser)).toEqual({ redeemed: false, reason: "code_used_up" });
  });

  it("is not remembered where the application did not ask for it, and a cookie means nothing there", async () => {
    const plain = await createReferralAuth(ctx);
    const code = await newCode(plain);
    const browser = createHttpClient(last);
    await follow(browser, code);
    const cookie = `${cookieName}=${browser.cookies.get(cookieName)!}`;
    const other = createHttpClient(plain);
    expect(await follow(other, code)).toBe(false);
    expect(other.cookies.size).toBe(0);
    const answer = await other.post("/sign-up", newCredentials(), { cookie });
    expect(answer.body?.["referrals"]).toBeNull();
    expect(await usesOf(code)).toBe(0);
  });

  it("needs a secret, which is said at the start", async () => {
    expect(await errorCode(createReferralAuth(ctx, { attribution: {}, secret: [] }))).toBe(
      "configuration_invalid",
    );
  });
});
