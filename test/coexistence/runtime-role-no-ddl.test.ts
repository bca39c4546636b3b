import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { takeCatalogueSnapshot } from "../schema/support/catalogue-snapshot.ts";
import { createRole, type TestRole } from "../schema/support/postgres-role.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";

describe("a role that may read and write rows and nothing else", () => {
  let database: TestDatabase;
  let owner: TestHost;
  let role: TestRole;
  let runtime: TestHost;
  const start = (migrate: "auto" | "verify" = "auto") =>
    createAuth({ database: runtime.pool, migrate, password: { hasher: cheapHasher } });
  const grantRows = async (): Promise<void> => {
    await owner.query(`grant usage on schema wispy to ${role.name}`);
    await owner.query(`grant select, insert, update, delete on all tables in schema wispy to ${role.name}`);
  };

  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    owner = database.open();
    role = await createRole(owner, inject("postgres"), database);
    runtime = role.open();
  });
  afterAll(async () => {
    await role.drop();
    await database.drop();
  });

  it.each(["auto", "verify"] as const)(
    "D4-19 runtime-role-no-ddl: a cold start (%s) is told which SQL to have run, not 42501",
    async (migrate) => {
      await expect(start(migrate)).rejects.toMatchObject({
        code: "schema_pending",
        data: { migrations: ["core/001-accounts"], sql: expect.stringContaining("create table") },
      });
    },
  );

  it("D4-19 runtime-role-no-ddl: that SQL, run by an owner, makes the same tables as a start of the owner's", async () => {
    const error = (await start().catch((caught: unknown) => caught)) as { data: { sql: string } };
    await owner.pool.query(error.data.sql);
    const automatic = await createPostgresDatabase({ server: inject("postgres") });
    const other = automatic.open();
    await (await createAuth({ database: other.pool })).close();
    expect(await takeCatalogueSnapshot(owner)).toEqual(await takeCatalogueSnapshot(other));
    await automatic.drop();
  });

  it.each(["auto", "verify"] as const)(
    "D4-19 runtime-role-no-ddl: a warm start (%s) needs no more than rows",
    async (migrate) => {
      await grantRows();
      const auth = await start(migrate);
      const { email, password } = newCredentials();
      const { token } = await auth.signUp({ email, password });
      expect(await auth.getSession(token)).toMatchObject({ user: { email } });
      await auth.signIn({ email, password });
      await auth.close();
    },
  );

  it("D4-19 runtime-role-no-ddl: a role that may create in the schema but does not own our tables is told too", async () => {
    const { openSchema } = await import("../schema/support/open-schema.ts");
    await owner.query(`grant create on schema wispy to ${role.name}`);
    const { manager } = await openSchema(runtime);
    await expect(manager.migrate()).rejects.toMatchObject({
      code: "schema_pending",
      data: { migrations: expect.arrayContaining(["badges/001-badges"]) },
    });
  });
});
