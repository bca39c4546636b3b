import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { expect, inject, it } from "vitest";
import { callWhile } from "../../coexistence/support/load.ts";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forDatabase } from "../../support/for-each-database.ts";
import { postgresUrl } from "../../support/postgres-server.ts";
import { newOwner } from "./support/prepare-sign-ups.ts";
import { createReferralAuth } from "./support/referral-auth.ts";

const max = 4;

forDatabase("postgres", "an application with the core and referrals, under load", (ctx) => {
  it("has no connection beyond those of its pool, as the server sees it", async () => {
    const { url, name } = await ctx.createDatabase();
    // On another database, so that it is not seen itself.
    const observer = new pg.Client({ connectionString: postgresUrl(inject("postgres"), "postgres") });
    await observer.connect();
    const count = async (text: string): Promise<number> =>
      Number((await observer.query<{ n: unknown }>(text, [name])).rows[0]!.n);
    const countOpen = () =>
      count(
        `select count(*) as n from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      );
    const countEver = () => count("select sessions as n from pg_stat_database where datname = $1");

    expect([await countOpen(), await countEver()]).toEqual([0, 0]);
    const database = new pg.Pool({ connectionString: url, max });
    const programs = { default: { referrer: { amount: 5, unit: "cent" } } };
    const auth = await createReferralAuth(ctx, { database, programs });
    await database.query("create table notes (author uuid not null)");
    const ownerId = await newOwner(auth);
    const { code } = await auth.referrals.createCode({ userId: ownerId });

    const newAccount = () => ({ ...newCredentials(), referralCode: code });
    let newcomers = 0;
    const signUp = async (): Promise<void> => {
      const { token } = await auth.signUp(newAccount());
      newcomers += 1;
      await auth.getSession(token);
    };
    /** The application's own transaction, with a sign-up in it. */
    const signUpWithNote = async (): Promise<void> => {
      const prepared = await auth.prepareSignUp(newAccount());
      const client = await database.connect();
      try {
        await client.query("begin");
        const { user } = await auth.within(client).signUp(prepared);
        await client.query("insert into notes (author) values ($1)", [user.id]);
        await client.query("commit");
        newcomers += 1;
      } finally {
        client.release();
      }
    };
    const report = async (): Promise<void> => {
      await database.query("select count(*) from notes");
      await auth.referrals.stats(ownerId);
      await auth.referrals.leaderboard();
    };
    const works = [signUp, signUpWithNote, report];

    let most = 0;
    const observe = async (): Promise<void> => {
      while (newcomers < 60) {
        most = Math.max(most, await countOpen());
        await pause(5);
      }
    };
    const { errors } = await callWhile(observe, { callers: 18, call: (i) => works[i % works.length]!() });
    expect(errors).toEqual({});
    expect(most).toBe(max);
    expect(await auth.referrals.stats(ownerId)).toMatchObject({ referrals: newcomers });

    await auth.close();
    await database.end();
    while ((await countOpen()) > 0) await pause(5);
    // Those too that nobody looked at while they were there.
    expect(await countEver()).toBe(max);
    await observer.end();
  });
});
