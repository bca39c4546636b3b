import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { errorCode } from "../suite/core/support/error-code.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { openGoDatabase, password } from "./support/go-database.ts";
import { addOddAccounts } from "./support/odd-accounts.ts";
import { countOwnRows, digestOldRows } from "./support/old-rows.ts";

forEachDatabase("adopt: a database of the Go library", (ctx) => {
  const hostTables =
    ctx.dialect === "postgres"
      ? "create table orders (id serial primary key, user_id integer not null references users (id))"
      : "create table orders (id integer primary key, user_id integer not null references users (id)) strict";

  it("a dry run tells what will happen, to the letter, and writes nothing", { timeout: 90_000 }, async () => {
    const go = await openGoDatabase(ctx);
    await addOddAccounts(go, 260);
    const before = await digestOldRows(go.host);
    const dry = await go.adopt();
    expect(await countOwnRows(go.host)).toEqual({});
    expect(await digestOldRows(go.host)).toBe(before);
    expect(await go.adopt({ apply: true, batchSize: 50 })).toEqual({ ...dry, applied: true });
    expect(await digestOldRows(go.host)).toBe(before);

    const rows = await countOwnRows(go.host);
    const again = await go.adopt();
    expect(await countOwnRows(go.host)).toEqual(rows);
    expect(await go.adopt({ apply: true })).toEqual({ ...again, applied: true });
    expect(again.accounts).toMatchObject({ adopted: 0, adoptedBefore: dry.accounts.adopted, heldBack: 0 });
    expect(again.events).toEqual({ adopted: 0, leftBehind: {} });
    expect(again.findings).toEqual([]);
    expect(await countOwnRows(go.host)).toEqual(rows);
  });

  it(
    "brings everybody over: each account once, as it was, with what is said of the rest",
    { timeout: 90_000 },
    async () => {
      const go = await openGoDatabase(ctx);
      const ids = await addOddAccounts(go, 260);
      const { accounts, events, waiting, notTaken, findings } = await go.apply();
      expect(accounts).toMatchObject({
        found: ids.length,
        adopted: ids.length,
        heldBack: 0,
        adoptedBefore: 0,
      });
      const counts = await countOwnRows(go.host);
      expect(counts).toMatchObject({
        [own("users")]: ids.length,
        [own("adopted_users")]: ids.length,
        [own("credentials")]: accounts.withPassword,
        [own("attempts")]: accounts.locked,
        [own("sessions")]: 0,
        [own("events")]: ids.length + events.adopted,
      });
      expect(new Set(findings.map(({ kind }) => kind))).toEqual(
        new Set([
          "second_factor_missing",
          "password_unknown",
          "password_before_linking",
          "status_unclear",
          "creation_unknown",
        ]),
      );
      const count = async (table: string): Promise<number> =>
        Number((await go.host.query(`select count(*) as n from ${table}`))[0]!["n"]);
      expect(waiting).toMatchObject({
        referralCodes: await count("referral_codes"),
        referralRelationships: await count("referral_relationships"),
        identities: await count("users where provider <> 'email'"),
      });
      expect(notTaken).toEqual({ sessions: await count("sessions"), oauthStates: 1 });

      const auth = await go.auth();
      const open = new Map(
        (await auth.users.list({ limit: 1000 })).map((user) => [user.email.toLowerCase(), user]),
      );
      for (const i of [0, 1, 4, 9, 10]) {
        const email = i === 1 ? "MIXED.case1@example.com" : `user${String(i)}@example.com`;
        expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
      }
      for (const i of [2, 3, 5, 6, 7, 8, 11, 12]) {
        expect(await errorCode(auth.signIn({ email: `user${String(i)}@example.com`, password }))).toBe(
          "invalid_credentials",
        );
      }
      expect(open.get("user4@example.com")).toMatchObject({
        name: "Ann Ö'Example \u{1F600}",
        emailVerifiedAt: expect.any(Date),
        disabledAt: null,
      });
    },
  );

  it("a rehearsal on a copy gives the ids that the real run gives", { timeout: 90_000 }, async () => {
    const [rehearsal, real] = [await openGoDatabase(ctx), await openGoDatabase(ctx)];
    const accounts = Array.from({ length: 20 }, (_, i) => ({
      email: `user${String(i)}@example.com`,
      uuid: `0b0e2b6e-0000-4000-8000-${String(i).padStart(12, "0")}`,
      createdAt: "2024-02-29T12:00:00.123456Z",
    }));
    await rehearsal.add(...accounts);
    await real.add(...accounts);
    await rehearsal.apply({ batchSize: 3 });
    await real.apply();
    const ids = async (go: typeof real) =>
      (await go.own("adopted_users", "true order by old_id")).map((row) => row["user_id"]);
    expect(await ids(real)).toEqual(await ids(rehearsal));
    expect(new Set(await ids(real)).size).toBe(20);
  });

  it(
    "leaves the application's own foreign keys alone, and gives it what it needs to rewrite them",
    { timeout: 90_000 },
    async () => {
      const go = await openGoDatabase(ctx);
      const ids = await addOddAccounts(go, 40);
      await go.host.query(hostTables);
      for (const id of ids) await go.host.query("insert into orders (user_id) values ($1)", [id]);
      const orders = await go.host.query("select id, user_id from orders order by id");
      await go.apply();
      expect(await go.host.query("select id, user_id from orders order by id")).toEqual(orders);

      const [, , forPostgres, forSqlite] = await readStatements();
      if (ctx.dialect === "postgres")
        await go.host.pool.query(forPostgres!.replace(/^alter table.*drop column.*$/m, ""));
      else go.host.sqlite.exec(forSqlite!);
      const rewritten = await go.host.query("select user_id, auth_user_id from orders order by id");
      for (const row of rewritten)
        expect(row["auth_user_id"]).toBe(await go.userIdOf(Number(row["user_id"])));
    },
  );

  it(
    "an account deleted here is not adopted again, and one changed there since is listed",
    { timeout: 90_000 },
    async () => {
      const go = await openGoDatabase(ctx);
      const [gone, changed, kept] = await go.add(
        { email: "gone@example.com" },
        { email: "changed@example.com" },
        { email: "kept@example.com" },
      );
      await go.apply();
      const auth = await go.auth();
      await auth.users.delete(await go.userIdOf(gone!));
      await go.host.query("update users set updated_at = $2 where id = $1", [
        changed,
        new Date().toISOString(),
      ]);
      const report = await go.apply();
      expect(report.accounts).toMatchObject({ found: 3, adopted: 0, adoptedBefore: 3 });
      expect(report.findings).toMatchObject([
        { kind: "changed_since", oldId: changed, userId: await go.userIdOf(changed!), heldBack: false },
      ]);
      expect((await auth.users.list()).map(({ email }) => email)).toEqual([
        "changed@example.com",
        "kept@example.com",
      ]);
      expect(await go.userIdOf(kept!)).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it(
    "who signs up with the Go library between two runs comes over by the second",
    { timeout: 90_000 },
    async () => {
      const go = await openGoDatabase(ctx);
      await go.add({ email: "early@example.com" });
      await go.apply();
      await go.add({ email: "late@example.com" });
      expect((await go.apply()).accounts).toMatchObject({ found: 2, adopted: 1, adoptedBefore: 1 });
      const auth = await go.auth();
      await auth.signIn({ email: "early@example.com", password });
      await auth.signIn({ email: "late@example.com", password });
    },
  );

  it(
    "without the tables of its referrals module there are no referrals to wait",
    { timeout: 90_000 },
    async () => {
      const go = await openGoDatabase(ctx);
      await go.host.query("drop table referral_relationships");
      await go.host.query("drop table referral_codes");
      await go.host.query("create table referral_codes (mine text)");
      await go.add({ email: "a@example.com" });
      expect((await go.apply()).waiting).toMatchObject({ referralCodes: 0, referralRelationships: 0 });
    },
  );

  /** The SQL of docs/adopt.md, block by block. */
  async function readStatements(): Promise<string[]> {
    const page = await readFile(new URL("../../docs/adopt.md", import.meta.url), "utf8");
    return [...page.matchAll(/^```sql\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  }

  const own = (table: string): string => (ctx.dialect === "postgres" ? table : `wispy_${table}`);
});
