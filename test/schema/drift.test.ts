import { describe, expect, inject, it } from "vitest";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { openSchema, type OpenSchema } from "./support/open-schema.ts";

forEachDatabase("D4-25 drift-five-kinds: drift", (ctx) => {
  const migrated = async (): Promise<{ host: TestHost; manager: OpenSchema["manager"] }> => {
    const host = (await ctx.createDatabase()).open();
    const { manager } = await openSchema(host);
    await manager.migrate();
    return { host, manager };
  };
  const named = (name: string): string => (ctx.dialect === "postgres" ? name : `wispy_${name}`);
  const expectDrift = async (manager: OpenSchema["manager"], differences: string[]): Promise<void> => {
    await expect(manager.verify()).rejects.toMatchObject({ code: "schema_drift", data: { differences } });
    // A start goes on with what it finds: the operator is told, the users are not locked out.
    expect((await manager.migrate()).drift).toEqual(differences);
    expect((await manager.status()).drift).toEqual(differences);
  };

  it("is a missing column", async () => {
    const { host, manager } = await migrated();
    await host.query(`alter table ${ctx.table("users")} drop column name`);
    await expectDrift(manager, [`column ${named("users")}.name is missing`]);
  });

  it("is a missing table, column by column", async () => {
    const { host, manager } = await migrated();
    await host.query(`drop table ${ctx.table("awards")}`);
    await expectDrift(manager, [
      `column ${named("awards")}.badge_id is missing`,
      `column ${named("awards")}.user_id is missing`,
    ]);
  });

  it("is a column of another type", async () => {
    const { host, manager } = await migrated();
    if (ctx.dialect === "postgres") {
      await host.query("alter table wispy.users alter column name type varchar(80)");
      await expectDrift(manager, ["column users.name is character varying(80), expected text"]);
    } else {
      await host.query("alter table wispy_users drop column name");
      await host.query("alter table wispy_users add column name blob");
      await expectDrift(manager, ["column wispy_users.name is blob, expected text"]);
    }
  });

  it("is a column that has lost its NOT NULL", async () => {
    const { host, manager } = await migrated();
    if (ctx.dialect === "postgres") {
      await host.query("alter table wispy.users alter column email drop not null");
    } else {
      await host.query("alter table wispy_users drop column email");
      await host.query("alter table wispy_users add column email text");
    }
    await expectDrift(manager, [`column ${named("users")}.email has lost its NOT NULL`]);
  });

  it("is a missing index", async () => {
    const { host, manager } = await migrated();
    const index = ctx.dialect === "postgres" ? "wispy.users_email_canonical" : "wispy_users_email_canonical";
    await host.query(`drop index ${index}`);
    await expectDrift(manager, [`index ${named("users_email_canonical")} is missing`]);
  });

  it("is not a column, an index or a table that the application added", async () => {
    const { host, manager } = await migrated();
    await host.query(`alter table ${ctx.table("users")} add column nickname text`);
    await host.query(`create index users_nickname on ${ctx.table("users")} (nickname)`);
    await host.query(`create table ${ctx.table("extra")} (id integer)`);
    expect(await manager.verify()).toEqual({ drift: [], newer: [] });
  });
});

describe("D4-25 drift-five-kinds: drift on PostgreSQL", () => {
  it("is an index that is there and invalid", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const host = database.open();
    const { manager } = await openSchema(host);
    await manager.migrate();
    await host.query("drop index wispy.badges_title");
    await host.query(
      "insert into wispy.badges (id, title, created_at) select gen_random_uuid(), 'twice', now() from generate_series(1, 2)",
    );
    const failing = "create unique index concurrently badges_title on wispy.badges (title)";
    await expect(host.query(failing)).rejects.toMatchObject({ code: "23505" });
    await expect(manager.verify()).rejects.toMatchObject({
      code: "schema_drift",
      data: { differences: ["index badges_title is invalid"] },
    });
    await database.drop();
  });
});
