import type Database from "better-sqlite3";
import type pg from "pg";
import { beforeAll, expect, it } from "vitest";
import { createAuth } from "../../src/auth.ts";
import { isAuthError, type AuthErrorCode } from "../../src/errors.ts";
import { errorCode } from "../suite/core/support/error-code.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { faultyPool, faultySqlite, type FaultyHandle } from "./support/faulty-handle.ts";

const allowed: readonly (AuthErrorCode | "none")[] = [
  "none",
  "database_error",
  "database_unavailable",
  "outcome_unknown",
  "migration_failed",
  "transaction_conflict",
];

forEachDatabase("F31: a query of the first start that fails", (ctx) => {
  let handle: FaultyHandle;
  beforeAll(() => {
    const { native } = ctx.database.open({ max: 2 });
    handle =
      ctx.dialect === "postgres" ? faultyPool(native as pg.Pool) : faultySqlite(native as Database.Database);
  });

  it("is a clear error or none, and the next start completes what it left", async () => {
    let starts = 0;
    for (const way of handle.ways) {
      for (let at = 1, struck = true; struck; at += 1) {
        starts += 1;
        const name = `start${String(starts)}`;
        const namespace = ctx.dialect === "postgres" ? { schema: name } : { prefix: `${name}_` };
        const options = {
          database: handle.native,
          namespace,
          password: { hasher: cheapHasher },
          log: () => undefined,
        };
        handle.arm(way, at);
        const first = await createAuth(options).catch((error: unknown) => error);
        struck = handle.disarm();
        const where = `query ${String(at)}, ${way}: ${String(first)}`;
        if (first instanceof Error)
          expect(allowed, where).toContain(isAuthError(first) ? first.code : String(first));
        expect(handle.heldAtRest(), where).toBe("");

        const second = await createAuth(options);
        const credentials = newCredentials();
        await second.signUp(credentials);
        expect(await errorCode(second.signIn(credentials)), where).toBe("none");
        await second.close();
        const third = await createAuth({ ...options, migrate: "verify" });
        expect((await third.signIn(credentials)).user.email, where).toBe(credentials.email);
        await third.close();
        if (!(first instanceof Error)) await (first as typeof second).close();
      }
    }
    expect(starts).toBeGreaterThan(20);
  }, 180_000);
});
