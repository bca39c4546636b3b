import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import type { Core } from "../../src/core/core.ts";
import { cheapHasher, createTestAuth, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createSqliteDatabase } from "../support/test-database.ts";

const changedItsMind = new Error("the application changed its mind");

forEachDatabase(
  "an insert of the application's and a sign-up of ours in one transaction, under load",
  (ctx) => {
    /** Writes both in one transaction of the application, and then commits or rolls back. */
    async function writeBoth(auth: TestAuth, outcome: "commit" | "rollback"): Promise<string> {
      const credentials = newCredentials();
      const prepared = await auth.prepareSignUp(credentials);
      const { email } = credentials;
      const end = (): void => {
        if (outcome === "rollback") throw changedItsMind;
      };
      try {
        if (ctx.dialect === "sqlite") {
          const { sqlite } = ctx.host;
          sqlite.transaction(() => {
            sqlite.prepare("insert into notes values (?)").run(email);
            auth.within(sqlite).signUp(prepared);
            end();
          })();
        } else {
          const client = await ctx.host.pool.connect();
          try {
            await client.query("begin");
            await client.query("insert into notes values ($1)", [email]);
            await auth.within(client).signUp(prepared);
            end();
            await client.query("commit");
          } catch (error) {
            await client.query("rollback");
            throw error;
          } finally {
            client.release();
          }
        }
      } catch (error) {
        if (error !== changedItsMind) throw error;
      }
      return email;
    }

    it("rolled back, nothing of either is left; committed, all of both is there", async () => {
      const auth = await createTestAuth(ctx);
      await ctx.host.query("create table notes (author text not null)");
      const outcomes = Array.from({ length: 200 }, (_, i) =>
        i % 2 === 0 ? ("commit" as const) : ("rollback" as const),
      );
      const emails = await Promise.all(
        Array.from({ length: 10 }, async (_, caller) => {
          const own: { readonly email: string; readonly outcome: string }[] = [];
          for (const outcome of outcomes.slice(caller * 20, caller * 20 + 20)) {
            own.push({ outcome, email: await writeBoth(auth, outcome) });
            await auth.signUp(newCredentials());
          }
          return own;
        }),
      );
      const committed = emails.flat().flatMap(({ email, outcome }) => (outcome === "commit" ? [email] : []));
      const authors = (await ctx.host.query("select author from notes")).map((row) => row["author"]);
      expect(new Set(authors)).toEqual(new Set(committed));
      expect(authors).toHaveLength(committed.length);
      const tables = ["users", "credentials", "sessions", "devices", "events"];
      for (const name of tables) {
        const [row] = await ctx.host.query(`select count(*) as n from ${ctx.table(name)}`);
        expect({ [name]: Number(row!["n"]) }).toEqual({ [name]: 300 });
      }
      for (const { email, outcome } of emails.flat()) {
        expect((await auth.users.getByEmail(email)) !== null).toBe(outcome === "commit");
      }
      console.log(
        `${ctx.dialect}: 100 joint commits, 100 joint rollbacks, 200 sign-ups beside them: 300 accounts`,
      );
    });
  },
);

describe("transactions of ours on a better-sqlite3 handle that others write on", () => {
  it("hold no foreign statement, and none of ours lands in a transaction of the application", async () => {
    const file = await createSqliteDatabase();
    const statements: string[] = [];
    const sqlite = new Database(file.name, { verbose: (text) => void statements.push(String(text)) });
    sqlite.exec("create table notes (author text)");
    const auth = await createAuth({ database: sqlite, password: { hasher: cheapHasher } });
    statements.length = 0;
    const insert = sqlite.prepare("insert into notes values ('app')");
    const together = sqlite.transaction(() => {
      insert.run();
      insert.run();
    });
    const callers = Array.from({ length: 20 }, async (_, caller) => {
      const credentials = newCredentials();
      const { token, user } = await auth.signUp(credentials);
      for (let i = 0; i < 10; i += 1) {
        insert.run();
        const work: Promise<unknown>[] = [
          auth.signIn(credentials),
          auth.getSession(token),
          (auth as Core).users.update(user.id, { name: `name ${i}` }),
        ];
        together();
        await work[caller % 3];
        insert.run();
        await Promise.all(work);
        if (caller % 2 === 0) together();
      }
    });
    await Promise.all(callers);
    const report = readTransactions(statements);
    console.log("one better-sqlite3 handle, 20 callers:", report);
    expect(report.foreignInOurs).toBe(0);
    expect(report.oursInForeign).toBe(0);
    expect(report.ours).toBeGreaterThanOrEqual(420);
    expect(report.foreign).toBe(300);
    await auth.close();
    sqlite.close();
    await file.drop();
  });
});

/** Goes through what a handle did, transaction by transaction. Ours begin with BEGIN IMMEDIATE. */
function readTransactions(statements: readonly string[]) {
  const report = { ours: 0, foreign: 0, foreignInOurs: 0, oursInForeign: 0 };
  let open: "ours" | "foreign" | null = null;
  for (const text of statements) {
    if (/^begin/i.test(text)) {
      open = /^begin immediate/i.test(text) ? "ours" : "foreign";
      report[open] += 1;
    } else if (/^(commit|rollback)/i.test(text)) open = null;
    else if (open === "ours" && text.includes("notes")) report.foreignInOurs += 1;
    else if (open === "foreign" && text.includes("wispy_")) report.oursInForeign += 1;
  }
  return report;
}
