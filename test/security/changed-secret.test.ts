import { expect, it } from "vitest";
import { createAuth, isPending } from "wispy-auth";
import { twoFactor } from "wispy-auth/two-factor";
import { codeNow } from "../modules/two-factor/support/two-factor-stage.ts";
import { newCredentials, optionsOf } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createTestClock } from "../support/test-clock.ts";

const [older, newer] = ["the older secret", "the newer secret"].map(
  (name) => `${name}, of 32 bytes and more`,
);

forEachDatabase("a new secret before the old one", (ctx) => {
  it("CF-02: signs nobody out, and opens what the old one sealed", async () => {
    const clock = createTestClock();
    const open = (secret: string | readonly string[]) =>
      createAuth({ ...optionsOf(ctx, { clock }), secret, modules: [twoFactor({ issuer: "Test" })] });
    const before = await open(older!);
    const people = [];
    for (let index = 0; index < 20; index += 1) {
      const account = newCredentials();
      const { user, session, token } = await before.signUp(account);
      const { secret } = await before.twoFactor.offerTotp(user.id);
      const owner = { userId: user.id, sessionId: session.id };
      await before.twoFactor.confirmTotp(owner, codeNow(secret, clock));
      people.push({ account, token, secret });
    }
    await before.close();

    clock.advance(31);
    const after = await open([newer!, older!]);
    for (const { account, token, secret } of people) {
      expect(await after.getSession(token)).not.toBeNull();
      const held = await after.signIn(account);
      if (!isPending(held)) throw new Error("a second step is asked for");
      const answer = { token: held.pending.token, method: "totp", code: codeNow(secret, clock) } as const;
      expect(isPending(await after.twoFactor.answer(answer))).toBe(false);
    }
    await after.close();
  });
});
