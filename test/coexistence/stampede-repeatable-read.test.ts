import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { createRole, type TestRole } from "../schema/support/postgres-role.ts";
import { stepsModule } from "../schema/support/steps-module.ts";
import { findPgBouncer } from "../support/pgbouncer.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";

const modules = [coreSchema, stepsModule(3)];

// Under these levels a statement that waits for a lock keeps the snapshot it took before: a ledger read after
// the lock would be the old one.
describe.each(["repeatable read", "serializable"])("a role whose transactions are %s", (level) => {
  let database: TestDatabase;
  let owner: TestHost;
  let role: TestRole;
  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    owner = database.open();
    role = await createRole(owner, inject("postgres"), database);
    await owner.query(`grant create on database ${database.name} to ${role.name}`);
    await owner.query(`alter role ${role.name} set default_transaction_isolation to '${level}'`);
  });
  afterAll(async () => {
    await role.drop();
    await database.drop();
  });

  it("D4-17 stampede-repeatable-read: 16 at once apply each migration once", async () => {
    for (let round = 0; round < 4; round += 1) {
      const states: string[] = [];
      const opened = await Promise.all(
        Array.from({ length: 16 }, () =>
          openSchema(role.open({ max: 1 }), { modules, namespace: `round${String(round)}` }),
        ),
      );
      await Promise.all(opened.map(({ manager }) => manager.migrate(({ state }) => states.push(state))));
      expect(states.filter((state) => state === "applied")).toHaveLength(4);
      expect(await opened[0]!.manager.verify()).toEqual({ drift: [], newer: [] });
    }
  });

  it("D4-17 stampede-repeatable-read: transactions that are read-only by default do not stop it", async () => {
    await owner.query(`alter role ${role.name} set default_transaction_read_only to on`);
    const { manager } = await openSchema(role.open(), { modules, namespace: "written" });
    await manager.migrate();
    expect(await manager.verify()).toEqual({ drift: [], newer: [] });
  });
});

it.skipIf(findPgBouncer() === null).each(["repeatable read", "serializable"])(
  "D4-17 stampede-repeatable-read: through PgBouncer, in a database whose transactions are %s",
  async (level) => {
    const server = inject("postgres");
    const database = await createPostgresDatabase({ server, pooler: inject("pgbouncer") });
    const direct = database.open({ direct: true });
    await direct.query(`alter database ${database.name} set default_transaction_isolation to '${level}'`);
    const states: string[] = [];
    const opened = await Promise.all(
      Array.from({ length: 16 }, () => openSchema(database.open({ max: 1 }), { modules })),
    );
    await Promise.all(opened.map(({ manager }) => manager.migrate(({ state }) => states.push(state))));
    expect(states.filter((state) => state === "applied")).toHaveLength(4);
    expect(await opened[0]!.manager.verify()).toEqual({ drift: [], newer: [] });
    expect(opened[0]!.database.stats()).toMatchObject({ pooler: "present", naming: "unnamed" });
    await database.drop();
  },
);
