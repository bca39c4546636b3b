import { beforeAll, expect, it } from "vitest";
import { diagnose } from "wispy-auth/doctor";
import { createTestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { fine, lookAt, openDoctored, type Doctored } from "./support/doctored.ts";

forEachDatabase("the doctor, about drift,", (ctx) => {
  const named = (name: string): string => (ctx.dialect === "postgres" ? name : `wispy_${name}`);
  const index = (name: string): string => (ctx.dialect === "postgres" ? `wispy.${name}` : `wispy_${name}`);

  /** For tests that leave it mended. */
  let mended: Doctored;
  beforeAll(async () => {
    mended = await openDoctored(ctx);
  });

  it("puts back a column that may be empty", async () => {
    const { host, look, mend } = mended;
    await host.query(`alter table ${ctx.table("users")} drop column name`);
    expect(await look("drift")).toMatchObject([
      { severity: "error", message: `Column ${named("users")}.name is missing` },
    ]);
    expect(await mend("drift")).toEqual(fine("drift"));
  });

  it("puts back an index", async () => {
    const { host, look, mend } = mended;
    await host.query(`drop index ${index("users_email_canonical")}`);
    expect(await look("drift")).toMatchObject([
      {
        message: `Index ${named("users_email_canonical")} is missing`,
        fix: expect.stringMatching(/^create unique index/),
      },
    ]);
    expect(await mend("drift")).toEqual(fine("drift"));
  });

  it("says of a table that is gone just that", async () => {
    const { host, look } = await openDoctored(ctx);
    await host.query(`drop table ${ctx.table("events")}`);
    expect(await look("drift")).toMatchObject([
      {
        severity: "error",
        message: `Table ${named("events")} is missing`,
        fix: expect.stringContaining("sql"),
      },
    ]);
    expect(await look("constraints")).toEqual(fine("constraints"));
  });

  it("sees another type, a lost NOT NULL and a missing column that must not be empty", async () => {
    const { host, look } = await openDoctored(ctx);
    const users = ctx.table("users");
    const [retyped, bare] = ctx.dialect === "postgres" ? ["varchar(80)", "timestamptz"] : ["blob", "integer"];
    for (const statement of [
      `alter table ${users} drop column name`,
      `alter table ${users} add column name ${retyped}`,
      `alter table ${users} drop column updated_at`,
      `alter table ${users} add column updated_at ${bare}`,
      `alter table ${users} drop column created_at`,
    ]) {
      await host.query(statement);
    }
    const found = await look("drift");
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Column \w*users\.name is (character varying\(80\)|blob), expected text$/),
      `Column ${named("users")}.created_at is missing`,
      `Column ${named("users")}.updated_at has lost its NOT NULL`,
    ]);
    for (const { severity, fix } of found) {
      expect({ severity, fix }).toEqual({
        severity: "error",
        fix: expect.stringMatching(
          ctx.dialect === "postgres" ? /^alter table / : /^Make "wispy_users" anew /,
        ),
      });
    }
  });

  it("leaves the application's own columns alone, unless they keep us from inserting", async () => {
    const { host, look } = await openDoctored(ctx);
    await host.query(`alter table ${ctx.table("users")} add column nickname text`);
    await host.query(`alter table ${ctx.table("users")} add column plan text not null default 'free'`);
    expect(await look("drift")).toEqual(fine("drift"));
    expect(await look("extra-columns")).toEqual([
      {
        check: "extra-columns",
        severity: "info",
        message: `${named("users")}.nickname, ${named("users")}.plan are not ours, and in nobody's way`,
        data: { columns: [`${named("users")}.nickname`, `${named("users")}.plan`] },
      },
    ]);
  });

  it("looks at the tables under another namespace", async () => {
    const database = await ctx.createDatabase();
    const host = database.open();
    const auth = await createTestAuth(ctx, { database: host.native, namespace: "Odd Name" });
    const table = ctx.dialect === "postgres" ? `"Odd Name".sessions` : `"Odd Name_sessions"`;
    await host.query(`drop index ${table.replace("sessions", "sessions_user_id")}`);
    const [finding, ...more] = await lookAt(auth, "drift");
    expect(more).toEqual([]);
    await host.query(finding!.fix!);
    const findings = await diagnose(auth.database);
    expect(findings.filter(({ severity, check }) => severity === "error" || check === "drift")).toEqual(
      fine("drift"),
    );
  });
});
