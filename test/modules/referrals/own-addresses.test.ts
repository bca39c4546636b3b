import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { personOf } from "../../../src/modules/referrals/referral-code.ts";
import { readEmailAddress } from "wispy-auth/module";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";

const domains = [
  "gmail.com",
  "googlemail.com",
  "GMail.com",
  "g.mail.com",
  "gmailcom",
  "x.example",
  "Ünï.example",
];

forEachDatabase("whoever signs up by a code of their own, under another address", (ctx) => {
  let one: ReferralAuth;
  let several: ReferralAuth;
  beforeAll(async () => {
    // With one program the database compares the two, with several the library does.
    one = await createReferralAuth(ctx);
    several = await createReferralAuth(ctx, { programs: { default: {}, other: {} } });
  });

  let people = 0;
  const refer = async (auth: ReferralAuth, [first, second]: readonly [string, string]) => {
    const unique = `p${String((people += 1))}`;
    const [email, other] = [`${unique}${first}`, `${unique}${second}`];
    const owner = await auth.users.create({ email });
    const { code } = await auth.referrals.createCode({ userId: owner.id });
    const signUp = { email: other, password: "a password that will do", referralCode: code };
    return { owner: email, other, referrals: (await auth.signUp(signUp)).referrals };
  };
  const personIn = (email: string): string => personOf(readEmailAddress(email)!.canonical);

  it.each([
    ["a@x.example", "a+b@x.example", true],
    ["a+c@x.example", "a+b@X.example", true],
    ["a+c@x.example", "ab@x.example", false],
    ["a_b@x.example", "axb@x.example", false],
    ["a%@x.example", "abc+1@x.example", false],
    ["a!_b@x.example", "a!_b+1@x.example", true],
    ["a.b@x.example", "ab@x.example", false],
    ["a.b@gmail.com", "a.B+c@googlemail.com", true],
    ["ab+d@googlemail.com", "a.b@gmail.com", true],
    ["ab@g.mail.com", "ab@gmail.com", false],
    ["ab@gmailcom", "ab@gmail.com", false],
    ["a_b@gmail.com", "axb@gmail.com", false],
  ] as const)("%s and %s: refers themselves: %s", async (first, second, same) => {
    for (const auth of [one, several]) {
      const { referrals } = await refer(auth, [first, second]);
      expect(referrals).toEqual(
        same ? { redeemed: false, reason: "self_referral" } : { redeemed: true, program: "default" },
      );
    }
  });

  it("is found as one person or as two, by the database as by the library", async () => {
    const local = fc.string({
      unit: fc.constantFrom("a", "b", ".", "_", "%", "!", "+"),
      minLength: 0,
      maxLength: 5,
    });
    const address = fc.tuple(local, fc.constantFrom(...domains)).map((parts) => parts.join("@"));
    await fc.assert(
      fc.asyncProperty(fc.tuple(address, address), async (pair) => {
        const { owner, other, referrals } = await refer(one, pair).catch((error: unknown) => {
          if ((error as { code?: string }).code === "user_exists") return fc.pre(false) as never;
          throw error;
        });
        expect(referrals?.redeemed, `${owner} ${other}`).toBe(personIn(owner) !== personIn(other));
      }),
      { numRuns: 200 },
    );
  });
});
