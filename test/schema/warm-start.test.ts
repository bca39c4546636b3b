import { beforeAll, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { systemClock } from "../../src/clock.ts";
import { connect } from "../../src/database/connect.ts";
import { SchemaManager } from "../../src/schema/schema-manager.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { bothModules, openSchema } from "./support/open-schema.ts";
import { openStatementLog, type StatementLog } from "./support/statement-log.ts";

forEachDatabase("a start on a current schema", (ctx) => {
  let log: StatementLog;
  beforeAll(async () => {
    await (await openSchema(ctx.host)).manager.migrate();
    log = await openStatementLog(ctx.database, inject("postgres"));
    ctx.onSuiteEnd(() => log.close());
    // The connection is there already: what a start costs is counted, not what connecting costs.
    if ("totalCount" in log.native) await log.native.query("select 1");
  });

  const expectOneStatement = (): void => {
    const statements = log.statements().filter((text) => !/^pragma foreign_keys$/i.test(text));
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatch(/^select\b/);
    expect(statements[0]).not.toMatch(/lock|create (table|index|schema)/);
    if (ctx.dialect === "postgres") expect(log.roundTrips()).toBe(1);
  };

  it.each(["migrate", "verify", "pending"] as const)(
    "is one statement for all modules together: %s",
    async (method) => {
      const database = await connect(log.native);
      const manager = new SchemaManager({ database, modules: bothModules, clock: systemClock });
      log.reset();
      await manager[method]();
      expectOneStatement();
    },
  );

  it("is one statement for createAuth", async () => {
    log.reset();
    const auth = await createAuth({ database: log.native });
    expectOneStatement();
    await auth.close();
  });
});
