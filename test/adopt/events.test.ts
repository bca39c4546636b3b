import { expect, it } from "vitest";
import { forEachDatabase } from "../support/for-each-database.ts";
import { goTime } from "./support/go-accounts.ts";
import { openGoDatabase } from "./support/go-database.ts";
import { addEvents } from "./support/odd-accounts.ts";

forEachDatabase("adopt: security events", (ctx) => {
  it("come over with their time, their address and our word for them, oldest first", async () => {
    const go = await openGoDatabase(ctx);
    const [userId] = await go.add({ email: "a@example.com" });
    const at = "2023-05-06T07:08:09.123456789+02:00";
    const client = { ipAddress: "192.0.2.7", userAgent: "Browser/1.0", createdAt: at };
    const event = (type: string, description: string | null = null) =>
      addEvents(go.host, [{ type, description, userId: userId!, ...client }]);
    await event("user_signup", "User successfully registered");
    await event("login_failed", "Invalid password provided");
    await event("login_failed", "Login attempt on locked account");
    await event("login_failed", "words of the application, ann@example.com");
    await event("login_success");
    await event("oauth_login", "User successfully authenticated via google");
    await event("password_changed");
    await event("account_unlocked");
    const report = await go.apply();
    expect(report.events).toEqual({ adopted: 8, leftBehind: {} });

    const id = await go.userIdOf(userId!);
    const events = (await (await go.auth()).listEvents(id)).toReversed();
    expect(events.pop()).toMatchObject({ type: "user.created" });
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ["user.signed_up", { method: "password", adopted: true }],
      ["sign_in.failed", { method: "password", reason: "wrong_password", adopted: true }],
      ["sign_in.failed", { method: "password", reason: "locked", adopted: true }],
      ["sign_in.failed", { method: "password", adopted: true }],
      ["sign_in.succeeded", { method: "password", adopted: true }],
      ["sign_in.succeeded", { method: "oauth", adopted: true }],
      ["password.changed", { adopted: true }],
      ["user.unlocked", { adopted: true }],
    ]);
    for (const event of events) {
      expect(event).toMatchObject({
        userId: id,
        occurredAt: new Date("2023-05-06T05:08:09.123Z"),
        ipAddress: "192.0.2.7",
        userAgent: "Browser/1.0",
        sessionId: null,
      });
    }
  });

  it("without a word here or a time stay behind, and are counted by their type", async () => {
    const go = await openGoDatabase(ctx);
    const [userId] = await go.add({ email: "a@example.com" });
    for (const type of ["account_locked", "account_locked", "my_own_event", "constructor"]) {
      await addEvents(go.host, [{ type, userId: userId! }]);
    }
    await addEvents(go.host, [{ type: "login_success", userId: userId!, createdAt: null }]);
    const leftBehind = { account_locked: 2, my_own_event: 1, constructor: 1, "no time": 1 };
    expect((await go.adopt()).events).toEqual({ adopted: 0, leftBehind });
    expect((await go.apply()).events).toEqual({ adopted: 0, leftBehind });
  });

  it("of unknown accounts come over too", async () => {
    const go = await openGoDatabase(ctx);
    const description = "Login attempt for non-existent user";
    await addEvents(go.host, [{ type: "login_failed", description, userId: null, ipAddress: "2001:db8::1" }]);
    expect((await go.apply()).events.adopted).toBe(1);
    expect(await go.own("events")).toMatchObject([
      { user_id: null, type: "sign_in.failed", ip_address: "2001:db8::1" },
    ]);
    expect((await go.apply()).events.adopted).toBe(0);
  });

  it("that are added later come over by a later run, those cleaned up here do not come back", async () => {
    const go = await openGoDatabase(ctx);
    const [first, second] = await go.add({ email: "a@example.com" }, { email: "b@example.com" });
    await addEvents(go.host, [{ type: "login_success", userId: first!, createdAt: "2001-02-03T04:05:06Z" }]);
    await addEvents(go.host, [{ type: "login_failed", userId: null, createdAt: "2001-02-03T04:05:06Z" }]);
    await go.apply();
    const auth = await go.auth();
    expect((await auth.cleanUp({ eventRetentionSeconds: 3600 })).events).toBe(2);
    await addEvents(go.host, [{ type: "login_success", userId: second!, createdAt: goTime(-60) }]);
    expect((await go.apply({ batchSize: 1 })).events.adopted).toBe(1);
    expect((await go.apply()).events.adopted).toBe(0);
    expect(await auth.listEvents(await go.userIdOf(first!))).toHaveLength(1);
    expect(await auth.listEvents(await go.userIdOf(second!))).toHaveLength(2);
  });

  it("of an account that was held back come over, all of them, once it is adopted", async () => {
    const go = await openGoDatabase(ctx);
    const [fine, invalid] = await go.add({ email: "a@example.com" }, { email: "no address" });
    await addEvents(go.host, [{ type: "login_success", userId: invalid! }]);
    await addEvents(go.host, [{ type: "login_success", userId: fine! }]);
    expect((await go.adopt()).events.adopted).toBe(1);
    expect((await go.adopt({ apply: true })).events.adopted).toBe(1);
    await go.host.query("update users set email = 'b@example.com' where id = $1", [invalid]);
    expect((await go.apply()).events.adopted).toBe(1);
  });

  it("can be left out, and be taken over by a later run", async () => {
    const go = await openGoDatabase(ctx);
    const [userId] = await go.add({ email: "a@example.com" });
    await addEvents(go.host, [{ type: "login_success", userId: userId! }]);
    expect((await go.apply({ events: false })).events).toEqual({ adopted: 0, leftBehind: {} });
    expect((await go.apply()).events.adopted).toBe(1);
  });

  it("with what no column here can hold are made storable", async () => {
    const go = await openGoDatabase(ctx);
    const [userId] = await go.add({ email: "a@example.com" });
    const userAgent = `Tab\there ${"x".repeat(5000)}`;
    await addEvents(go.host, [{ type: "login_success", userId: userId!, userAgent }]);
    await go.apply();
    const [event] = await go.own("events", "type = 'sign_in.succeeded'");
    expect(event!["user_agent"]).toMatch(/^Tab here x+$/);
    expect(String(event!["user_agent"])).toHaveLength(512);
  });
});
