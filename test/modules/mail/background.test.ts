import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { smtpTransport, type MailTransport } from "wispy-auth/mail";
import { systemClock } from "../../../src/clock.ts";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { inTransaction } from "../../support/in-transaction.ts";
import { failingTransport } from "./support/failing-transport.ts";
import { createMailAuth, type MailAuth } from "./support/mail-auth.ts";
import { startMailCatcher } from "./support/mail-catcher.ts";

const clock = { ...systemClock, advance: () => undefined };
/** Long enough for a machine that is busy with other things; nothing waits for its end. */
const patience = { timeout: 30_000, interval: 10 };

forEachDatabase("mail in the background", (ctx) => {
  const start = (options: Parameters<typeof createMailAuth>[1] = {}): Promise<MailAuth> =>
    createMailAuth(ctx, { clock, delivery: "background", ...options });

  it("is delivered by itself once its transaction has committed, an hour before any poll", async () => {
    const auth = await start({ pollSeconds: 3600 });
    const account = newCredentials();
    await auth.signUp(account);
    await expect.poll(() => auth.inbox.latestTo(account.email), patience).not.toBeNull();
    await expect.poll(() => auth.mail.stats(), patience).toMatchObject({ pending: 0 });
  });

  it("is found by the poll when the application commits late, and not before", async () => {
    const auth = await start({ pollSeconds: 1 });
    const account = newCredentials();
    const prepared = await auth.prepareSignUp(account);
    await inTransaction(ctx.host, async (tx) => {
      await auth.within(tx).signUp(prepared);
      await sleep(1500);
      expect(auth.inbox.messages).toEqual([]);
    });
    await expect.poll(() => auth.inbox.latestTo(account.email), patience).not.toBeNull();
  });

  it("is delivered by whoever runs next, if nobody did", async () => {
    const account = newCredentials();
    const first = await start({ delivery: "manual" });
    await first.signUp(account);
    await first.close();
    const second = await start();
    await expect.poll(() => second.inbox.latestTo(account.email), patience).not.toBeNull();
  });

  it("goes out once, however many instances look", async () => {
    const server = await startMailCatcher();
    const transport = () => smtpTransport({ url: server.url });
    const instances = [
      await start({ transport: transport() }),
      await start({ transport: transport() }),
      await start({ transport: transport() }),
    ];
    const addresses = Array.from({ length: 60 }, (_, i) => `reader${String(i)}@example.com`);
    await Promise.all(
      addresses.map((to, i) => instances[i % instances.length]!.letters.send([{ to, token: to }])),
    );
    await expect.poll(() => instances[0]!.mail.stats(), patience).toMatchObject({ pending: 0, dead: 0 });
    expect(server.mails.flatMap(({ recipients }) => recipients).sort()).toEqual([...addresses].sort());
    for (const auth of instances) await auth.close();
    await server.close();
  });

  describe("F22: a mailer that is down", () => {
    const failures: readonly (readonly [string, (released: Promise<void>) => Promise<void>])[] = [
      [
        "hangs",
        async (released) => {
          await released;
          throw new Error("hung up");
        },
      ],
      ["refuses", () => Promise.reject(new Error("connection refused"))],
      [
        "throws at once",
        () => {
          throw new TypeError("no such method");
        },
      ],
    ];
    it.each(failures)("delays and fails no sign-up when it %s", async (_, fail) => {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const transport: MailTransport = { name: "down", send: () => fail(released) };
      const auth = await start({ transport, sendTimeoutSeconds: 600 });
      for (let i = 0; i < 20; i += 1) await auth.signUp(newCredentials());
      release();
      await expect.poll(() => auth.log.length, patience).toBeGreaterThan(0);
      expect(auth.log[0]).toMatchObject({ module: "mail", incident: "mail_failed" });
      expect(await auth.mail.stats()).toMatchObject({ pending: 20, dead: 0 });
      await auth.close();
      const cured = await createMailAuth(ctx, { clock: { ...clock, now: later } });
      expect(await cured.mail.deliver()).toMatchObject({ delivered: 20 });
    });
    const later = (): Date => new Date(systemClock.now().getTime() + 3_600_000);
  });

  it("does not wait for a mail that hangs", async () => {
    const transport = failingTransport();
    const auth = await start({ transport, sendTimeoutSeconds: 600, pollSeconds: 3600 });
    let goOn = (): void => undefined;
    transport.plan = [() => new Promise((resolve) => (goOn = resolve))];
    await auth.letters.send([{ token: "hangs" }]);
    await expect.poll(() => transport.attempts.length, patience).toBe(1);
    await auth.letters.send([{ token: "goes" }]);
    await expect.poll(() => transport.attempts.length, patience).toBe(2);
    await expect.poll(() => auth.mail.stats(), patience).toMatchObject({ pending: 1 });
    goOn();
    await expect.poll(() => auth.mail.stats(), patience).toMatchObject({ pending: 0 });
  });

  it("is seen to its end by close", async () => {
    const transport = failingTransport();
    const auth = await start({ transport });
    let goOn = (): void => undefined;
    transport.plan = [() => new Promise((resolve) => (goOn = resolve))];
    await auth.letters.send([{ token: "at the end" }]);
    await expect.poll(() => transport.attempts.length, patience).toBe(1);
    let closed = false;
    const closing = auth.close().then(() => (closed = true));
    await sleep(50);
    expect(closed).toBe(false);
    goOn();
    await closing;
    const next = await start({ delivery: "manual" });
    expect(await next.mail.stats()).toMatchObject({ pending: 0, dead: 0 });
  });

  it("holds no connection while it is sent", async () => {
    const transport = failingTransport();
    const auth = await start({ transport });
    let goOn = (): void => undefined;
    transport.plan = [() => new Promise((resolve) => (goOn = resolve))];
    await auth.letters.send([{ token: "slow" }]);
    await expect.poll(() => transport.attempts.length, patience).toBe(1);
    // The mails of other tests are looked for on the same pool; this one is being sent until `goOn`.
    const held = (): number => {
      const { open, idle } = auth.database.stats().connections;
      return open - idle;
    };
    await expect.poll(held, patience).toBe(0);
    goOn();
  });
});
