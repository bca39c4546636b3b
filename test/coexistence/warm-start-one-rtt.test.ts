import { expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { openStatementLog } from "../schema/support/statement-log.ts";
import { forEachDatabase } from "../support/for-each-database.ts";

forEachDatabase("a warm start", (ctx) => {
  it("D4-18 warm-start-one-rtt: is one statement, without a lock and without DDL", async () => {
    await (await createAuth({ database: ctx.host.native })).close();
    const log = await openStatementLog(ctx.database, inject("postgres"));
    ctx.onSuiteEnd(() => log.close());
    if ("totalCount" in log.native) await log.native.query("select 1");
    log.reset();
    const auth = await createAuth({ database: log.native });
    // A pragma read on an open SQLite handle touches no file; it is no statement on the database.
    const statements = log.statements().filter((text) => !/^pragma foreign_keys$/i.test(text));
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatch(/^select\b/);
    expect(statements[0]).not.toMatch(/advisory|for update|\bcreate (table|index|schema)\b/);
    if (ctx.dialect === "postgres") {
      expect(log.roundTrips()).toBe(1);
      expect(auth.database.stats()).toMatchObject({ pooler: "none", naming: "named" });
    }
    await auth.close();
  });
});
