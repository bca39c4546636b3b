import { expect, inject, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { checkIds, diagnose } from "wispy-auth/doctor";
import { checks } from "../../src/doctor/checks.ts";
import { openStatementLog } from "../schema/support/statement-log.ts";
import { takeCatalogueSnapshot } from "../schema/support/catalogue-snapshot.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { openDoctored } from "./support/doctored.ts";

forEachDatabase("a healthy database", (ctx) => {
  it("gives nothing but ok and info, one finding for each check, in their order", async () => {
    const { auth, host } = await openDoctored(ctx);
    if (ctx.dialect === "sqlite") host.sqlite.pragma("journal_mode = WAL");
    const findings = await diagnose(auth.database);
    expect(findings.filter(({ severity }) => severity !== "ok" && severity !== "info")).toEqual([]);
    const made = checks.filter(({ dialects }) => dialects.includes(ctx.dialect)).map(({ id }) => id);
    expect(findings.map(({ check }) => check)).toEqual(made);
    // Linux tells all there is to know.
    const unchecked = findings.filter(({ data }) => data?.["unchecked"] !== undefined);
    if (process.platform === "linux") expect(unchecked).toEqual([]);
  });

  it("is looked at through a pool of one connection", async () => {
    const { auth } = await openDoctored(ctx, { max: 1 });
    const findings = await diagnose(auth.database);
    expect(findings.filter(({ data }) => data?.["unchecked"] !== undefined)).toEqual([]);
  });

  it("is as it was, and was sent nothing but reads", async () => {
    const { database, host } = await openDoctored(ctx);
    const before = await takeCatalogueSnapshot(host);
    const log = await openStatementLog(database, inject("postgres"));
    const auth: Auth = await createAuth({ database: log.native, migrate: "off" });
    log.reset();
    await diagnose(auth.database);
    const sent = log.statements().map((text) => text.trim());
    expect(sent.length).toBeGreaterThan(10);
    expect(sent.filter((text) => !/^(select\b|pragma \w+$)/i.test(text))).toEqual([]);
    await auth.close();
    await log.close();
    expect(await takeCatalogueSnapshot(host)).toEqual(before);
    if (ctx.dialect === "postgres") {
      const left = await host.query(
        "select 1 as one from pg_locks where locktype = 'advisory' union all select 1 from pg_prepared_statements",
      );
      expect(left).toEqual([]);
    }
  });
});

it("has one check for each id, in the order of checkIds", () => {
  expect(checks.map(({ id }) => id)).toEqual([...checkIds]);
});

it("takes nothing but auth.database", async () => {
  for (const other of [{}, null, "postgres://"]) {
    await expect(diagnose(other as Auth["database"])).rejects.toMatchObject({ code: "unsupported_handle" });
  }
});
