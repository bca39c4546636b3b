import { afterAll, beforeAll, expect, it } from "vitest";
import { failuresOf, startTogether } from "../coexistence/support/start-together.ts";
import { accountKey } from "../../src/core/lockout/attempt-key.ts";
import type { GuessPasswords, GuessReport } from "../programs/guess-passwords.ts";
import { allAtOnce, errorCode } from "../suite/core/support/error-code.ts";
import { createTestAuth, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { buildProgram, type Program } from "../support/run-program.ts";
import { createTestClock } from "../support/test-clock.ts";

forEachDatabase("RL-11: failed attempts", (ctx) => {
  let program: Program;
  beforeAll(async () => {
    program = await buildProgram("guess-passwords.ts");
  });
  afterAll(() => program.remove());

  const attemptsIn = async (): Promise<number> =>
    Number((await ctx.host.query(`select count(*) as n from ${ctx.table("attempts")}`))[0]!["n"]);

  it("of three processes count against one limit", async () => {
    const auth = await createTestAuth(ctx);
    for (const email of [await signedUp(), newCredentials().email]) {
      const order: Omit<GuessPasswords, "signalFile"> = { url: ctx.database.url, email, guesses: 20 };
      const results = await startTogether(program, [order, order, order]);
      expect(failuresOf(results)).toBe("");
      const reports = results.map(({ stdout }) => JSON.parse(stdout.split("\n")[1]!) as GuessReport);
      for (const { answers } of reports) expect(answers).toEqual({ invalid_credentials: 20 });
      const text = `select failures, consecutive from ${ctx.table("attempts")} where key = $1`;
      const [row] = await ctx.host.query(text, [accountKey({ canonical: email })]);
      expect([Number(row!["failures"]), Number(row!["consecutive"])]).toEqual([5, 5]);
      const tried = reports.reduce((sum, report) => sum + report.tried, 0);
      expect(tried).toBe((await auth.users.getByEmail(email)) === null ? 0 : 5);
    }

    async function signedUp(): Promise<string> {
      const credentials = newCredentials();
      await auth.signUp(credentials);
      return credentials.email;
    }
  });

  it("fill one row for each address, however often and from wherever they come", async () => {
    const auth = await createTestAuth(ctx);
    const before = await attemptsIn();
    const { email } = newCredentials();
    const spellings = [email, email.toUpperCase(), email.replace("e", "ｅ")];
    await allAtOnce(60, (i) =>
      errorCode(
        auth.signIn(
          { email: spellings[i % 3]!, password: `wrong guess ${String(i)}` },
          { ipAddress: `192.0.2.${String(i)}`, userAgent: `agent ${String(i)}`, deviceToken: `${String(i)}` },
        ),
      ),
    );
    expect(await attemptsIn()).toBe(before + 1);
  });

  it("on addresses that do not exist are cleared away when they have decayed", async () => {
    const clock = createTestClock();
    const auth = await createTestAuth(ctx, { clock });
    const owner = newCredentials();
    await auth.signUp(owner);
    await auth.cleanUp();
    const kept = await attemptsIn();
    // More than one batch of the clean-up takes.
    for (let round = 0; round < 12; round += 1) {
      await allAtOnce(50, () => errorCode(auth.signIn(newCredentials())));
    }
    await errorCode(auth.signIn({ email: owner.email, password: "not this one" }));
    expect(await attemptsIn()).toBe(kept + 601);
    clock.advance(3599);
    expect((await auth.cleanUp()).attempts).toBe(0);
    clock.advance(61);
    expect(await auth.cleanUp()).toMatchObject({ complete: true });
    // Those of an account stay: they are what the cap on consecutive failures counts.
    const text = `select key from ${ctx.table("attempts")} where key = $1`;
    expect(await ctx.host.query(text, [accountKey({ canonical: owner.email })])).toHaveLength(1);
    const stray = await ctx.host.query(`select key from ${ctx.table("attempts")} where user_id is null`);
    expect(stray.length).toBeLessThanOrEqual(2);
  });
});
