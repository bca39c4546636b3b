import { beforeAll, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createHttpClient, type HttpClient } from "../../support/http-client.ts";
import { newOwner } from "./support/prepare-sign-ups.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";

const windowSeconds = 3600;

forEachDatabase("a link that is followed before the sign-up", (ctx) => {
  let last: ReferralAuth;
  let first: ReferralAuth;
  let strict: ReferralAuth;
  let [code, other]: string[] = [];
  beforeAll(async () => {
    last = await createReferralAuth(ctx, { attribution: { windowSeconds } });
    first = await createReferralAuth(ctx, { attribution: { touch: "first", windowSeconds } });
    strict = await createReferralAuth(ctx, { attribution: { windowSeconds }, requireReferralCode: true });
    [code, other] = [await newCode(), await newCode()];
  });

  const newCode = async (): Promise<string> =>
    (await last.referrals.createCode({ userId: await newOwner(last) })).code;
  const follow = async (browser: HttpClient, link: string): Promise<unknown> =>
    (await browser.post("/referrals/follow", { code: link })).body;
  const signUp = async (browser: HttpClient, fields: object = {}): Promise<unknown> =>
    (await browser.post("/sign-up", { ...newCredentials(), ...fields })).body!["referrals"];
  const usesOf = async (link: string): Promise<number> =>
    Number(
      (await ctx.host.query(`select uses from ${ctx.table("referral_codes")} where code = $1`, [link]))[0]![
        "uses"
      ],
    );
  const redeemed = { redeemed: true, program: "default" };

  it("counts, until another is, or a code is typed", async () => {
    const [one, two, three] = [createHttpClient(last), createHttpClient(last), createHttpClient(last)];
    const before = [await usesOf(code!), await usesOf(other!)];
    for (const browser of [one, two, three])
      expect(await follow(browser, code!)).toEqual({ remembered: true });
    expect(await signUp(one)).toEqual(redeemed);
    expect([await usesOf(code!), await usesOf(other!)]).toEqual([before[0]! + 1, before[1]]);
    expect(await follow(two, other!)).toEqual({ remembered: true });
    expect(await signUp(two)).toEqual(redeemed);
    expect(await signUp(three, { referralCode: other })).toEqual(redeemed);
    expect([await usesOf(code!), await usesOf(other!)]).toEqual([before[0]! + 1, before[1]! + 2]);
  });

  it("stays the first where the first touch counts", async () => {
    const browser = createHttpClient(first);
    const before = await usesOf(code!);
    expect(await follow(browser, code!)).toEqual({ remembered: true });
    expect(await follow(browser, other!)).toEqual({ remembered: false });
    expect(await signUp(browser)).toEqual(redeemed);
    expect(await usesOf(code!)).toBe(before + 1);
  });

  it("counts to the last second of its time, and not beyond", async () => {
    const [inTime, late] = [createHttpClient(last), createHttpClient(last)];
    for (const browser of [inTime, late]) await follow(browser, code!);
    last.clock.advance(windowSeconds);
    expect(await signUp(inTime)).toEqual(redeemed);
    last.clock.advance(1);
    expect(await signUp(late)).toBeNull();
  });

  it("brings somebody in where it takes a code", async () => {
    const browser = createHttpClient(strict);
    await follow(browser, code!);
    expect(await signUp(browser)).toEqual(redeemed);
  });

  it("is not believed if somebody made it up", async () => {
    const browser = createHttpClient(last);
    await follow(browser, code!);
    const [[name, cookie]] = [...browser.cookies] as [[string, string]];
    const bytes = Buffer.from(cookie, "base64url");
    const turned = Buffer.from(bytes);
    turned[bytes.length - 1]! ^= 1;
    const now = String(last.clock.now().getTime());
    const unsigned = Buffer.from(`${now} ${code!}`);
    const stranger = await createReferralAuth(ctx, {
      attribution: {},
      secret: "another secret, as long as it needs to be",
    });
    const theirs = createHttpClient(stranger);
    await follow(theirs, code!);
    const spoilt = [
      turned,
      bytes.subarray(1),
      bytes.subarray(0, 32),
      Buffer.concat([Buffer.alloc(32), unsigned]),
    ];
    const forged = [
      ...[unsigned, ...spoilt].map((one) => one.toString("base64url")),
      "",
      "x".repeat(4000),
      `${cookie}=`,
      `${cookie}A`,
      code!,
      `${now} ${code!}`,
      theirs.cookies.get(name)!,
    ];
    const before = await usesOf(code!);
    for (const value of forged) {
      const headers = { cookie: `${name}=${value}` };
      const { status, body } = await createHttpClient(last).post("/sign-up", newCredentials(), headers);
      expect([status, body!["referrals"]], value).toEqual([201, null]);
      const refused = await createHttpClient(strict).post("/sign-up", newCredentials(), headers);
      expect([refused.status, refused.body], value).toMatchObject([422, { code: "referrals.code_missing" }]);
    }
    expect(await usesOf(code!)).toBe(before);
    expect(await signUp(browser)).toEqual(redeemed);
  });
});
