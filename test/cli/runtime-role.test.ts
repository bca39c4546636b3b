import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "../../src/index.ts";
import { newCredentials } from "../support/create-test-auth.ts";
import { postgresUrl } from "../support/postgres-server.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import { buildCli, type Cli } from "./support/build-cli.ts";

const role = `app_${randomBytes(6).toString("hex")}`;

describe("a role that may not create tables", () => {
  let cli: Cli;
  let database: TestDatabase;
  let url: string;
  beforeAll(async () => {
    const server = inject("postgres");
    cli = await buildCli();
    database = await createPostgresDatabase({ server });
    await database.open().query(`create role ${role} login password 'of-the-test'`);
    url = postgresUrl({ ...server, user: role, password: "of-the-test" }, database.name);
  });
  afterAll(async () => {
    const host = database.open();
    await host.query(`drop owned by ${role}`);
    await host.query(`drop role ${role}`);
    await database.drop();
    await cli.remove();
  });

  it("is told what to do instead of migrating, and changes nothing", async () => {
    const { code, stderr } = await cli.run(["migrate", "--database", url]);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^error schema_pending: .* hand what wispy-auth sql --pending prints to one that may\n$/,
    );
    const rows = await database.open().query("select 1 from pg_namespace where nspname = 'wispy'");
    expect(rows).toEqual([]);
  });

  it("works once another role has run the SQL and granted what docs/cli.md names", async () => {
    const { stdout } = await cli.run(["sql", "--pending", "--database", url]);
    const owner = database.open({ max: 1 });
    await owner.pool.query(stdout);
    await owner.query(`grant usage on schema wispy to ${role}`);
    await owner.query(`grant select, insert, update, delete on all tables in schema wispy to ${role}`);
    for (const command of ["migrate", "verify", "status"]) {
      expect(await cli.run([command, "--database", url])).toMatchObject({ code: 0, stderr: "" });
    }
    const auth = await createAuth({ database: url });
    const { token } = await auth.signUp(newCredentials());
    expect(await auth.getSession(token)).not.toBeNull();
    expect(await auth.signOut(token)).toBe(true);
    await auth.close();
  });
});
