import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { mailFailure } from "wispy-auth/mail";
import { newCredentials, testBaseUrl } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { failingTransport } from "../../modules/mail/support/failing-transport.ts";
import { tokenOf } from "../../modules/mail/support/letters.ts";
import { createMailAuth } from "../../modules/mail/support/mail-auth.ts";
import { gifts } from "../../modules/support/gifts.ts";
import { inTransaction } from "../../support/in-transaction.ts";

const nothing = { delivered: 0, expired: 0, retried: 0, dead: 0 };

forEachDatabase("the outbox", (ctx) => {
  beforeEach(async () => {
    // Each test is alone with its mails.
    const [found] = await ctx.host.query(tablesNamed(ctx.dialect));
    if (found) await ctx.host.query(`delete from ${ctx.table("mails")}`);
  });

  it("delivers what a sign-up queued, once, after it has committed", async () => {
    const auth = await createMailAuth(ctx);
    const account = newCredentials();
    const { user } = await auth.signUp(account);
    expect(auth.inbox.messages).toEqual([]);
    expect(await auth.mail.deliver()).toEqual({ ...nothing, delivered: 1 });
    expect(await auth.mail.deliver()).toEqual(nothing);
    expect(auth.inbox.messages).toMatchObject([
      {
        from: { name: "Acme", address: "no-reply@acme.example" },
        to: account.email,
        subject: "Welcome to Acme",
        template: "letters.welcome",
        text: expect.stringContaining(`${testBaseUrl}/verify?token=${tokenOf(user.id)}`) as string,
        headers: { "Auto-Submitted": "auto-generated" },
      },
    ]);
    // Nor did the schema drift.
    expect(auth.log).toEqual([]);
  });

  it("DB-03: sends nothing for what is rolled back, by us or by the application", async () => {
    const auth = await createMailAuth(ctx, { more: [gifts({ failAfterwards: true })] });
    await expect(auth.letters.send([{}], { fail: true })).rejects.toThrow("after the letters");
    const wish = { wish: "a kite" };
    await expect(auth.signUp({ ...newCredentials(), ...wish })).rejects.toThrow("after the gift");
    const prepared = await auth.prepareSignUp(newCredentials());
    await expect(
      inTransaction(ctx.host, async (tx) => {
        await auth.within(tx).signUp(prepared);
        throw new Error("the application's");
      }),
    ).rejects.toThrow("the application's");
    expect(await auth.mail.stats()).toEqual({ pending: 0, dead: 0, oldestQueuedAt: null });
    expect(await auth.mail.deliver()).toEqual(nothing);
    expect(auth.inbox.messages).toEqual([]);

    await inTransaction(ctx.host, async (tx) => void (await auth.within(tx).signUp(prepared)));
    expect(await auth.mail.deliver()).toEqual({ ...nothing, delivered: 1 });
  });

  it("takes mails of one template and one key for one mail", async () => {
    const auth = await createMailAuth(ctx);
    await auth.letters.send([{ idempotencyKey: "one" }, { idempotencyKey: "two" }]);
    await auth.letters.send([{ idempotencyKey: "one" }]);
    expect(await auth.mail.deliver()).toEqual({ ...nothing, delivered: 2 });
    await auth.letters.send([{ idempotencyKey: "two" }]);
    expect(await auth.mail.deliver()).toEqual(nothing);
  });

  it("tells the transport the same key at every attempt, and none of the module's", async () => {
    const transport = failingTransport();
    const auth = await createMailAuth(ctx, { transport });
    transport.plan = [() => Promise.reject(new Error("not now"))];
    await auth.letters.send([{ idempotencyKey: "the module's own" }]);
    expect(await auth.mail.deliver()).toEqual({ ...nothing, retried: 1 });
    auth.clock.advance(60);
    expect(await auth.mail.deliver()).toEqual({ ...nothing, delivered: 1 });
    const [first, second] = transport.attempts;
    expect(second!.idempotencyKey).toBe(first!.idempotencyKey);
    expect(first!.messageId).toBe(`<${first!.idempotencyKey}@acme.example>`);
    expect(JSON.stringify(first)).not.toContain("the module's own");
  });

  it("drops a mail whose link has ended, with all that it said", async () => {
    const auth = await createMailAuth(ctx);
    await auth.letters.send([{ expiresAt: new Date(auth.clock.now().getTime() + 60_000) }]);
    auth.clock.advance(60);
    expect(await auth.mail.deliver()).toEqual({ ...nothing, expired: 1 });
    expect(auth.inbox.messages).toEqual([]);
    expect(await ctx.host.query(`select state, sealed from ${ctx.table("mails")}`)).toEqual([
      { state: "expired", sealed: null },
    ]);
  });

  it("keeps what mails say and to whom out of every table, before and after", async () => {
    const transport = failingTransport();
    const auth = await createMailAuth(ctx, { transport });
    const [token, local] = [`secret-${randomUUID()}`, `reader-${randomUUID()}`];
    const look = async (): Promise<void> => {
      const rows = await ctx.host.query(`select * from ${ctx.table("mails")}`);
      expect(rows).not.toEqual([]);
      const dump = JSON.stringify(rows, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
      );
      for (const secret of [token, local, "verify", testBaseUrl, "123 456"])
        expect(dump).not.toContain(secret);
    };
    await auth.letters.send([{ token, to: `${local}@example.com` }]);
    await look();
    transport.plan = [() => Promise.reject(new Error(`no such user ${local}, nor ${token}`))];
    await auth.mail.deliver();
    await look();
    auth.clock.advance(60);
    expect(await auth.mail.deliver()).toEqual({ ...nothing, delivered: 1 });
    expect(transport.attempts[1]!.text).toContain(token);
    await look();
    expect(await ctx.host.query(`select sealed from ${ctx.table("mails")}`)).toEqual([{ sealed: null }]);
    expect(JSON.stringify(auth.log)).not.toMatch(new RegExp(`${token}|${local}`));
  });

  it("opens what an older secret sealed, and gives up what no secret opens", async () => {
    const [older, newer] = [
      "an older secret of the tests, 32 bytes",
      "a newer secret of the tests, 32 bytes",
    ];
    const before = await createMailAuth(ctx, { secret: older });
    await before.letters.send([{ token: "first" }]);
    const rotated = await createMailAuth(ctx, { secret: [newer, older] });
    expect(await rotated.mail.deliver()).toEqual({ ...nothing, delivered: 1 });
    await before.letters.send([{ token: "second" }]);
    const without = await createMailAuth(ctx, { secret: newer });
    expect(await without.mail.deliver()).toEqual({ ...nothing, dead: 1 });
    expect(await without.mail.listDead()).toMatchObject([{ to: null, reason: "cannot be opened" }]);
    const [dead] = await rotated.mail.listDead();
    expect(dead).toMatchObject({ to: "reader@example.com" });
    expect(await rotated.mail.retry(dead!.id)).toBe(true);
    expect(await rotated.mail.deliver()).toEqual({ ...nothing, delivered: 1 });
  });

  describe("a delivery that fails", () => {
    it("is tried again later and later, and then given up, which the event log tells", async () => {
      const transport = failingTransport();
      const auth = await createMailAuth(ctx, { transport, maxAttempts: 4 });
      transport.plan = Array.from({ length: 4 }, () => () => Promise.reject(new Error("down")));
      const { user } = await auth.signUp(newCredentials());
      const delays: number[] = [];
      for (let attempt = 1; attempt < 4; attempt += 1) {
        expect(await auth.mail.deliver()).toEqual({ ...nothing, retried: 1 });
        const [row] = await ctx.host.query(`select due_at from ${ctx.table("mails")}`);
        const delay = instant(row!["due_at"]).getTime() - auth.clock.now().getTime();
        auth.clock.advance((delay - 1) / 1000);
        expect(await auth.mail.deliver()).toEqual(nothing);
        auth.clock.advance(0.001);
        delays.push(delay / 1000);
      }
      for (const [i, seconds] of [30, 60, 120].entries()) {
        expect(delays[i]).toBeGreaterThanOrEqual(seconds * 0.75);
        expect(delays[i]).toBeLessThanOrEqual(seconds * 1.25);
      }
      expect(await auth.mail.deliver()).toEqual({ ...nothing, dead: 1 });
      expect(await auth.mail.stats()).toEqual({ pending: 0, dead: 1, oldestQueuedAt: null });
      const events = await auth.listEvents(user.id);
      expect(events.find(({ type }) => type === "mail.dead")).toMatchObject({
        data: { template: "letters.welcome", attempts: 4, reason: "failing Error" },
      });
      const incidents = ["mail_failed", "mail_failed", "mail_failed", "mail_dead"];
      expect(auth.log).toMatchObject(
        incidents.map((incident) => ({ event: "module_incident", module: "mail", incident })),
      );
    });

    it("is given up at once where another attempt is of no use, and can be tried again by hand", async () => {
      const transport = failingTransport();
      const auth = await createMailAuth(ctx, { transport });
      const refuse = () => Promise.reject(mailFailure({ reason: "smtp 550 5.1.1", permanent: true }));
      transport.plan = [refuse, refuse];
      const queuedAt = auth.clock.now();
      await auth.letters.send([{ token: "a" }, { token: "b" }]);
      expect(await auth.mail.deliver()).toEqual({ ...nothing, dead: 2 });
      const dead = await auth.mail.listDead();
      const expected = { template: "letters.welcome", to: "reader@example.com", userId: null, attempts: 1 };
      expect(dead).toMatchObject([
        { ...expected, reason: "smtp 550 5.1.1", queuedAt, diedAt: queuedAt },
        expected,
      ]);
      expect(await auth.mail.listDead({ limit: 1, after: dead[0]!.id })).toEqual([dead[1]]);
      expect(await auth.mail.retry(dead[0]!.id)).toBe(true);
      expect(await auth.mail.retry(dead[0]!.id)).toBe(false);
      expect(await auth.mail.retry("not an id")).toBe(false);
      expect(await auth.mail.deliver()).toEqual({ ...nothing, delivered: 1 });
      expect(await auth.mail.listDead()).toEqual([dead[1]]);
      await expect(auth.mail.listDead({ limit: 0 })).rejects.toMatchObject({ code: "invalid_input" });
      await expect(auth.mail.listDead({ after: "x" })).rejects.toMatchObject({ code: "invalid_input" });
    });

    it("waits as long as the other side asks", async () => {
      const transport = failingTransport();
      const auth = await createMailAuth(ctx, { transport });
      transport.plan = [
        () => Promise.reject(mailFailure({ reason: "http 429", permanent: false, retryAfterSeconds: 600 })),
      ];
      await auth.letters.send([{}]);
      expect(await auth.mail.deliver()).toEqual({ ...nothing, retried: 1 });
      auth.clock.advance(599);
      expect(await auth.mail.deliver()).toEqual(nothing);
      auth.clock.advance(1);
      expect(await auth.mail.deliver()).toEqual({ ...nothing, delivered: 1 });
    });

    it("costs few mails an attempt while the mail server is down", async () => {
      const transport = failingTransport();
      const auth = await createMailAuth(ctx, { transport, concurrency: 3 });
      transport.plan = Array.from({ length: 100 }, () => () => Promise.reject(new Error("down")));
      await auth.letters.send(Array.from({ length: 20 }, () => ({})));
      const { retried } = await auth.mail.deliver();
      expect(retried).toBeGreaterThanOrEqual(3);
      expect(retried).toBeLessThanOrEqual(6);
      transport.plan = [];
      expect(await auth.mail.deliver()).toEqual({ ...nothing, delivered: 20 - retried });
    });

    it("that ended the process each time comes to an end too", async () => {
      const auth = await createMailAuth(ctx, { maxAttempts: 3 });
      await auth.letters.send([{}]);
      await ctx.host.query(`update ${ctx.table("mails")} set attempts = 3`);
      expect(await auth.mail.deliver()).toEqual({ ...nothing, dead: 1 });
      expect(await auth.mail.listDead()).toMatchObject([{ attempts: 4, reason: "interrupted" }]);
      expect(auth.inbox.messages).toEqual([]);
    });
  });

  it("leaves a mail that somebody delivers alone until the lease has ended", async () => {
    const transport = failingTransport();
    const auth = await createMailAuth(ctx, { transport, sendTimeoutSeconds: 600 });
    const other = await createMailAuth(ctx, { clock: auth.clock });
    let goOn = (): void => undefined;
    const hanging = new Promise<void>((resolve) => (goOn = resolve));
    transport.plan = [() => hanging];
    await auth.letters.send([{}]);
    const delivery = auth.mail.deliver();
    await expect.poll(() => transport.attempts.length).toBe(1);
    expect(await other.mail.deliver()).toEqual(nothing);
    auth.clock.advance(700);
    expect(await other.mail.deliver()).toEqual({ ...nothing, delivered: 1 });
    goOn();
    expect(await delivery).toEqual({ ...nothing, delivered: 1 });
    expect(await auth.mail.stats()).toEqual({ pending: 0, dead: 0, oldestQueuedAt: null });
  });

  it("is cleaned up: delivered mails after a day, dead ones after a month", async () => {
    const transport = failingTransport();
    const auth = await createMailAuth(ctx, { transport });
    transport.plan = [() => Promise.reject(mailFailure({ reason: "refused", permanent: true }))];
    await auth.letters.send([{ token: "a" }]);
    await auth.mail.deliver();
    await auth.letters.send([{ token: "b" }]);
    await auth.mail.deliver();
    auth.clock.advance(86_399);
    expect(await auth.cleanUp()).toMatchObject({ modules: { mail: { delivered: 0, dead: 0 } } });
    auth.clock.advance(1);
    expect(await auth.cleanUp()).toMatchObject({ modules: { mail: { delivered: 1, dead: 0 } } });
    auth.clock.advance(29 * 86_400);
    expect(await auth.cleanUp()).toMatchObject({ modules: { mail: { delivered: 0, dead: 1 } } });
  });
});

const instant = (value: unknown): Date => new Date(value as string | number | Date);

function tablesNamed(dialect: "postgres" | "sqlite"): string {
  return dialect === "postgres"
    ? "select tablename from pg_tables where tablename = 'mails'"
    : "select name from sqlite_master where name like '%mails'";
}
