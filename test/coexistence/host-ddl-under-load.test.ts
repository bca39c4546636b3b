import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { createTestAuth, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { callWhile } from "./support/load.ts";

const callers = 20;

forEachDatabase("the application migrates while its users sign in", (ctx) => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx);
    await ctx.host.query("create table notes (id integer primary key, body text, views integer)");
    await ctx.host.query("insert into notes values (1, 'first', 0), (2, 'second', 0)");
  });

  /** Adds, drops and retypes columns of the application's own tables, and adds columns to our users. */
  function* changes(): Generator<string> {
    for (let i = 0; i < 6; i += 1) {
      yield `alter table notes add column extra_${i} integer default 0`;
      yield `alter table ${ctx.table("users")} add column crm_${i} text`;
      if (ctx.dialect === "postgres") {
        yield `alter table notes alter column body type ${i % 2 === 0 ? "varchar(300)" : "text"}`;
        yield `alter table notes alter column views type ${i % 2 === 0 ? "bigint" : "integer"}`;
      } else {
        // SQLite cannot retype a column: applications copy the table.
        yield `begin immediate; create table notes_new (id integer primary key, body text, views integer, extra_${i} any);
          insert into notes_new select id, body, views, extra_${i} from notes; drop table notes;
          alter table notes_new rename to notes; commit`;
      }
      yield `alter table notes drop column extra_${i}`;
      yield `create index notes_views_${i} on notes (views)`;
    }
  }

  it("0 errors for 20 callers of sign-in and session checks", async () => {
    const accounts = await Promise.all(
      Array.from({ length: callers }, async () => {
        const credentials = newCredentials();
        return { credentials, ...(await auth.signUp(credentials)) };
      }),
    );
    let changed = 0;
    const migrateHost = async (): Promise<void> => {
      for (const text of changes()) {
        if (ctx.dialect === "sqlite") ctx.host.sqlite.exec(text);
        else await ctx.host.query(text);
        changed += 1;
        await sleep(30);
      }
    };
    let [signIns, checks] = [0, 0];
    const { errors } = await callWhile(migrateHost, {
      callers,
      call: async (caller) => {
        const { credentials, user, token } = accounts[caller]!;
        expect(await auth.getSession(token)).toMatchObject({ user: { id: user.id } });
        checks += 1;
        const { token: another } = await auth.signIn(credentials);
        signIns += 1;
        expect(await auth.getSession(another)).toMatchObject({ user: { id: user.id } });
        checks += 1;
        expect(await ctx.host.query("select id, body from notes where id = 1")).toHaveLength(1);
      },
    });
    expect(errors).toEqual({});
    const { recovered, transactionReplays } = auth.database.stats().statements;
    console.log(
      `${ctx.dialect}: ${changed} changes of tables, ${signIns} sign-ins, ${checks} session checks, 0 errors`,
      { recovered, transactionReplays },
    );
    expect(changed).toBe(ctx.dialect === "sqlite" ? 30 : 36);
  });
});
