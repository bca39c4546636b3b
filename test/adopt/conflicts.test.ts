import { expect, it } from "vitest";
import { errorCode } from "../suite/core/support/error-code.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { openGoDatabase, password, type GoDatabase } from "./support/go-database.ts";
import { addEvents } from "./support/odd-accounts.ts";
import { countOwnRows } from "./support/old-rows.ts";

forEachDatabase("adopt: what stands in the way", (ctx) => {
  const source = ctx.dialect === "postgres" ? "public.users" : "users";

  it("addresses that are none are held back, and the others come over", async () => {
    const go = await openGoDatabase(ctx);
    const emails = ["", "no-at.example.com", " a@example.com", "a@b@example.com", "line\nbreak@example.com"];
    const ids = await go.add(...emails.map((email) => ({ email })), { email: "fine@example.com" });
    const report = await go.adopt({ apply: true });
    expect(report.accounts).toMatchObject({ found: 6, adopted: 1, heldBack: 5 });
    expect(report.findings).toEqual(
      ids.slice(0, 5).map((oldId) => ({
        kind: "address_invalid",
        table: "users",
        heldBack: true,
        oldId,
        userId: null,
        otherOldIds: [],
        message: expect.any(String),
        whatToDo: expect.any(String),
      })),
    );
    await (await go.auth()).signIn({ email: "fine@example.com", password });
  });

  it("accounts that share an address in other spellings are all held back, each named with the others", async () => {
    const go = await openGoDatabase(ctx);
    const [lower, upper, wide, other] = await go.add(
      { email: "ann@example.com" },
      { email: "Ann@Example.com" },
      { email: "\uFF41nn@example.com" },
      { email: "other@example.com" },
    );
    const report = await go.adopt({ apply: true, batchSize: 1 });
    expect(report.accounts).toMatchObject({ adopted: 1, heldBack: 3 });
    expect(report.findings).toMatchObject([
      { kind: "address_shared", oldId: lower, otherOldIds: [upper, wide] },
      { kind: "address_shared", oldId: upper, otherOldIds: [lower, wide] },
      { kind: "address_shared", oldId: wide, otherOldIds: [lower, upper] },
    ]);
    expect(await go.userIdOf(other!)).toMatch(/-7/);

    await go.host.query("update users set email = 'ann.two@example.com' where id = $1", [upper]);
    await go.host.query("update users set email = 'ann.three@example.com' where id = $1", [wide]);
    expect((await go.apply()).accounts).toMatchObject({ adopted: 3, adoptedBefore: 1 });
  });

  it("an address that has an account here holds its old one back, in a dry run as in earnest", async () => {
    const go = await openGoDatabase(ctx);
    const auth = await go.auth();
    const { user } = await auth.signUp({ email: "Ann@example.com", password: "chosen here just now" });
    const [ann, bob] = await go.add({ email: "ann@EXAMPLE.com" }, { email: "bob@example.com" });
    const dry = await go.adopt();
    expect(dry.findings).toMatchObject([
      { kind: "address_taken", oldId: ann, userId: user.id, heldBack: true },
    ]);
    expect(await go.adopt({ apply: true })).toEqual({ ...dry, applied: true });
    expect(await go.userIdOf(bob!)).toMatch(/-7/);
    expect(await errorCode(auth.signIn({ email: "ann@example.com", password }))).toBe("invalid_credentials");
    await auth.signIn({ email: "ann@example.com", password: "chosen here just now" });
  });

  it("a row in the mapping by the application's own hand says that two are one", async () => {
    const go = await openGoDatabase(ctx);
    const auth = await go.auth();
    const { user } = await auth.signUp({ email: "ann@example.com", password: "chosen here just now" });
    const [ann] = await go.add({ email: "Ann@example.com" });
    await addEvents(go.host, [{ type: "login_success", userId: ann! }]);
    await go.adopt({ apply: true });
    await mapByHand(go, { oldId: ann!, userId: user.id });
    const report = await go.apply();
    expect(report.accounts).toMatchObject({ found: 1, adopted: 0, adoptedBefore: 1 });
    expect(report.events.adopted).toBe(1);
    expect((await auth.listEvents(user.id)).map(({ type }) => type)).toContain("sign_in.succeeded");
  });

  it("of two that share an address, one is mapped to what the other will be, and both are that account", async () => {
    const go = await openGoDatabase(ctx);
    const [first, second] = await go.add({ email: "ann@example.com" }, { email: "Ann@example.com" });
    await addEvents(go.host, [
      { type: "login_success", userId: first! },
      { type: "login_success", userId: second! },
    ]);
    const { findings } = await go.adopt({ apply: true });
    const userId = findings.find(({ oldId }) => oldId === first)!.userId!;
    await mapByHand(go, { oldId: second!, userId });
    const report = await go.apply();
    expect(report).toMatchObject({ accounts: { adopted: 1, adoptedBefore: 1 }, events: { adopted: 2 } });
    expect([await go.userIdOf(first!), await go.userIdOf(second!)]).toEqual([userId, userId]);
    const auth = await go.auth();
    expect((await auth.signIn({ email: "ann@example.com", password })).user.id).toBe(userId);
    expect(await auth.listEvents(userId)).toHaveLength(4);
  });

  it("with strict a single finding keeps everything from being written", async () => {
    const go = await openGoDatabase(ctx);
    await go.add({ email: "fine@example.com" }, { email: "md5@example.com", passwordHash: "5f4dcc3b" });
    const report = await go.adopt({ apply: true, strict: true });
    expect(report).toMatchObject({ applied: false, findings: [{ kind: "password_unknown" }] });
    expect(await countOwnRows(go.host)).toEqual({});
    await go.host.query("update users set password_hash = '' where email = 'md5@example.com'");
    expect(await go.adopt({ apply: true, strict: true })).toMatchObject({ applied: true, findings: [] });
  });

  it("tables that are not the Go library's are not taken for them: what is missing is named", async () => {
    const database = await ctx.createDatabase();
    const host = database.open();
    const go = { ...(await openGoDatabase(ctx)), host };
    const { adopt } = await import("wispy-auth/adopt");
    const failure = async (): Promise<string> =>
      adopt({ database: host.native, apply: true }).then(
        () => "none",
        (error: Error & { code: string }) => `${error.code}: ${error.message}`,
      );
    expect(await failure()).toMatch(
      /^configuration_invalid: .*missing table users, table user_security, table sessions/,
    );
    await go.host.query("create table users (id integer primary key, email text, uuid text)");
    expect(await failure()).toMatch(/missing users\.username, .*users\.updated_at, table user_security/);
    expect(await countOwnRows(host)).toEqual({});
  });

  const mapByHand = (
    go: GoDatabase,
    { oldId, userId }: { oldId: number; userId: string },
  ): Promise<unknown> =>
    // As docs/adopt.md has it.
    go.host.query(
      `insert into ${ctx.table("adopted_users")} (source, old_id, user_id, adopted_at)
        values ('${source}', $1, $2, ${ctx.dialect === "postgres" ? "now()" : "unixepoch() * 1000"})`,
      [oldId, userId],
    );
});
