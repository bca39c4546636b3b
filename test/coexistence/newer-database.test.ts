import { expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import type { Migration, SchemaModule } from "../../src/schema/migration.ts";
import type { LogEntry } from "../../src/log.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import type { TestHost } from "../support/test-host.ts";

const addColumn = (compatible: boolean): Migration => ({
  number: coreSchema.migrations.length + 1,
  name: "nickname",
  compatible,
  postgres: ["alter table {users} add column nickname text"],
  sqlite: ["alter table {users} add column nickname text"],
});

forEachDatabase("a database ahead of the code", (ctx) => {
  const hostAhead = async (compatible: boolean): Promise<TestHost> => {
    const host = (await ctx.createDatabase()).open();
    const next: SchemaModule = {
      ...coreSchema,
      migrations: [...coreSchema.migrations, addColumn(compatible)],
    };
    await (await openSchema(host, { modules: [next] })).manager.migrate();
    return host;
  };
  const known = coreSchema.migrations.length;

  it.each(["auto", "verify"] as const)(
    "D4-24 newer-database: is refused (%s) where the older code cannot work with it",
    async (migrate) => {
      const host = await hostAhead(false);
      await expect(createAuth({ database: host.native, migrate })).rejects.toMatchObject({
        code: "schema_newer",
        data: { module: "core", known, found: known + 1 },
      });
    },
  );

  it.each([
    ["it is compatible", true, false],
    ["that is allowed", false, true],
  ])(
    "D4-24 newer-database: is used, with a word to the operator, where %s",
    async (_, compatible, allowNewerSchema) => {
      const host = await hostAhead(compatible);
      const entries: LogEntry[] = [];
      const auth = await createAuth({
        database: host.native,
        allowNewerSchema,
        log: (entry) => void entries.push(entry),
        password: { hasher: cheapHasher },
      });
      expect(entries).toEqual([{ event: "schema_newer", module: "core", known, found: known + 1 }]);
      const { token } = await auth.signUp(newCredentials());
      expect(await auth.getSession(token)).not.toBeNull();
      await auth.close();
    },
  );
});
