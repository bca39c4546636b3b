import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { diagnose } from "wispy-auth/doctor";
import { driverHandles } from "../support/driver-handles.ts";
import { createPostgresDatabase, createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";

// What some drivers keep to themselves, and what is as some of them open a file: in DELETE mode, without patience.
const ofTheDriver = new Set(["pools", "pool-size", "journal-mode", "busy-timeout"]);

describe.each(driverHandles)("the doctor, through $name,", ({ dialect, opens, open }) => {
  let database: TestDatabase | null = null;
  beforeAll(async () => {
    if (opens !== "nothing") {
      database =
        dialect === "postgres"
          ? await createPostgresDatabase({ server: inject("postgres") })
          : await createSqliteDatabase();
    }
  });
  afterAll(() => database?.drop());

  // PGlite is a server, and starts like one.
  it("can make its checks, and finds nothing wrong", { timeout: 180_000 }, async () => {
    const host = await open(opens === "url" ? database!.url : (database?.name ?? ""));
    const auth = await createAuth({ database: host.database });
    const findings = await diagnose(auth.database);
    const wrong = findings.filter(
      ({ check, severity, data }) =>
        !ofTheDriver.has(check) &&
        (severity === "error" || severity === "warning" || data?.["unchecked"] !== undefined),
    );
    expect(wrong).toEqual([]);
    // Whatever a driver tells of its connections, they are not taken for a second pool's.
    expect(findings.find(({ check }) => check === "pools")!.severity).not.toBe("warning");
    await auth.close();
    await host.close();
  });
});
