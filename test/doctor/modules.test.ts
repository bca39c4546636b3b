import { expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { diagnose } from "wispy-auth/doctor";
import { defineModule } from "wispy-auth/module";
import { badgesSchema } from "../schema/support/badges-module.ts";
import { forEachDatabase } from "../support/for-each-database.ts";

const { migrations, tables } = badgesSchema;
const badges = defineModule({ name: "badges", migrations, tables, start: () => ({ api: {} }) });

forEachDatabase("the doctor, about an application with modules,", (ctx) => {
  it("looks at their tables too, once it is told of them", async () => {
    const { host } = ctx;
    if (ctx.dialect === "sqlite") host.sqlite.pragma("journal_mode = WAL");
    const auth = await createAuth({ database: host.native, modules: [badges] });
    ctx.onSuiteEnd(() => auth.close());
    const wrong = async (modules: (typeof badges)[]): Promise<readonly unknown[]> =>
      (await diagnose(auth.database, { modules })).filter(
        ({ severity }) => severity === "error" || severity === "warning",
      );
    expect(await wrong([badges])).toEqual([]);
    await host.query(`drop index ${ctx.table("badges_title")}`);
    await host.query(`alter table ${ctx.table("badges")} drop column title`);
    expect(await wrong([])).toEqual([]);
    expect(await wrong([badges])).toMatchObject([
      { check: "drift", message: expect.stringMatching(/badges\.title is missing$/) },
      { check: "drift", message: expect.stringMatching(/badges_title is missing$/) },
    ]);
  });
});
