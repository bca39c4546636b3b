import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { diagnose } from "wispy-auth/doctor";
import { createTestAuth } from "../support/create-test-auth.ts";
import { forDatabase } from "../support/for-each-database.ts";
import { fine, lookAt, openDoctored } from "./support/doctored.ts";

forDatabase("sqlite", "the doctor, about the settings of a handle,", (ctx) => {
  it.each([
    { check: "foreign-keys", setting: "foreign_keys", bad: "off", good: "on", severity: "error" },
    { check: "journal-mode", setting: "journal_mode", bad: "delete", good: "wal", severity: "warning" },
    { check: "synchronous", setting: "synchronous", bad: "off", good: "full", severity: "warning" },
    { check: "busy-timeout", setting: "busy_timeout", bad: "0", good: "1000", severity: "warning" },
    { check: "read-only", setting: "query_only", bad: "on", good: "off", severity: "error" },
  ] as const)(
    "sees $setting = $bad, and names the remedy",
    async ({ check, setting, bad, good, severity }) => {
      const { host, look } = await openDoctored(ctx);
      host.sqlite.pragma(`${setting} = ${good}`);
      expect(await look(check)).toEqual(fine(check));
      host.sqlite.pragma(`${setting} = ${bad}`);
      expect(await look(check)).toMatchObject([
        {
          check,
          severity,
          message: expect.stringMatching(new RegExp(`^${setting} is `)),
          fix: expect.stringMatching(new RegExp(`^pragma ${setting} = ${good}\\b`)),
        },
      ]);
    },
  );
});

forDatabase("sqlite", "the doctor, about the file,", (ctx) => {
  it("mentions one in the temporary folder", async () => {
    const { look } = await openDoctored(ctx);
    const [finding] = await look("file");
    expect(finding).toMatchObject({ severity: "info", fix: expect.any(String) });
    // Where that folder is in memory, it says so.
    expect(finding!.message).toMatch(/temporary folder|in memory/);
  });

  it.skipIf(!existsSync("/dev/shm"))("mentions one on a file system in memory", async () => {
    const folder = await mkdtemp("/dev/shm/wispy-doctor-");
    const handle = new Database(join(folder, "app.db"));
    ctx.onSuiteEnd(async () => {
      handle.close();
      await rm(folder, { recursive: true, force: true });
    });
    const auth = await createTestAuth(ctx, { database: handle });
    expect(await lookAt(auth, "file")).toMatchObject([
      { severity: "info", message: expect.stringContaining("in memory"), data: { fileSystem: "tmpfs" } },
    ]);
  });

  it("mentions that there is none, and finds nothing wrong with a database in memory", async () => {
    const auth = await createTestAuth(ctx, { database: "sqlite::memory:" });
    const findings = await diagnose(auth.database);
    expect(findings.filter(({ severity }) => severity !== "ok")).toEqual([
      {
        check: "file",
        severity: "info",
        message: "The database is in memory: it is gone with its handle",
        fix: expect.stringContaining("sqlite:./app.db"),
      },
    ]);
  });
});
