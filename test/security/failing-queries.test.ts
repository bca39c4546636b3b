import { beforeAll, describe, expect, it } from "vitest";
import type Database from "better-sqlite3";
import type pg from "pg";
import { isAuthError, type AuthErrorCode } from "../../src/errors.ts";
import { countingHasher } from "../suite/core/support/counting-hasher.ts";
import { dumpTables, type Dump } from "../suite/http/support/dump-tables.ts";
import { createTestAuth, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createTestClock } from "../support/test-clock.ts";
import { everyOperation, type PreparedCall, type Stage } from "./support/every-operation.ts";
import { faultyPool, faultySqlite, type FaultyHandle } from "./support/faulty-handle.ts";
import { findHalfObjects } from "./support/half-objects.ts";

const broken: readonly AuthErrorCode[] = ["database_error", "database_unavailable", "outcome_unknown"];
/** Nothing is run again inside a transaction that is the application's. */
const brokenWithin: readonly AuthErrorCode[] = [...broken, "transaction_conflict"];
/** Failures of this kind are nobody's business but ours: the call is made again and succeeds. */
const recovered = ["conflicting with another", "without a connection", "meeting a locked file"];

forEachDatabase("F31: a query that fails", (ctx) => {
  const clock = createTestClock();
  const hasher = countingHasher();
  let handle: FaultyHandle;
  let stage: Stage;

  beforeAll(async () => {
    const { native } = ctx.database.open({ max: 2 });
    handle =
      ctx.dialect === "postgres" ? faultyPool(native as pg.Pool) : faultySqlite(native as Database.Database);
    const make = (options: object): Promise<TestAuth> =>
      createTestAuth(ctx, {
        database: native,
        clock,
        password: { hasher },
        log: () => undefined,
        ...options,
      });
    stage = { auth: await make({}), capped: await make({ session: { maxPerUser: 2 } }), clock, handle };
  });

  const clearTables = async (): Promise<void> => {
    for (const name of ["sessions", "devices", "credentials", "attempts", "events", "users"]) {
      await ctx.host.query(`delete from ${ctx.table(name)}`);
    }
  };

  interface Outcome {
    readonly struck: boolean;
    readonly code: string;
    readonly result: unknown;
    readonly verified: number;
  }

  const runWithFault = async (
    call: PreparedCall,
    { way, at }: { readonly way: string; readonly at: number },
  ): Promise<Outcome> => {
    const before = hasher.verified();
    handle.arm(way, at);
    const [code, result] = await call.run().then(
      (value) => ["none", value] as const,
      (error: unknown) => [isAuthError(error) ? error.code : String(error), null] as const,
    );
    return { struck: handle.disarm(), code, result, verified: hasher.verified() - before };
  };

  /** What changed tells of itself in the event log, and what did not does not. */
  const tellsTheTruth = (before: Dump, after: Dump): boolean => {
    const count = (dump: Dump): number => dump["events"]!.filter((row) => !/(_|\.)failed/.test(row)).length;
    const state = (dump: Dump): string =>
      JSON.stringify([dump["users"], dump["credentials"], dump["sessions"]]).replaceAll(
        /\\"(last_seen_at|expires_at|updated_at)\\":[^,}]*/g,
        "",
      );
    return (state(before) !== state(after)) === (count(before) !== count(after));
  };

  const failuresOf = (dump: Dump): number =>
    dump["attempts"]!.reduce((sum, row) => sum + (JSON.parse(row) as { failures: number }).failures, 0);

  describe.each(Object.keys(everyOperation))("%s", (name) => {
    it("leaves all or nothing, says what it knows, and holds nothing", async () => {
      for (const way of handle.ways) {
        for (let at = 1, struck = true; struck; at += 1) {
          await clearTables();
          const call = await everyOperation[name]!(stage);
          const before = await dumpTables(ctx);
          const outcome = await runWithFault(call, { way, at });
          const after = await dumpTables(ctx);
          struck = outcome.struck;

          const { code } = outcome;
          const where = `query ${String(at)}, ${way}: ${code}`;
          const expected = call.expected ?? "none";
          const excuses = name.startsWith("within") ? brokenWithin : recovered.includes(way) ? [] : broken;
          expect([expected, ...(struck ? excuses : [])], where).toContain(code);
          if (code === "none") expect(await call.holds?.(outcome.result as never), where).not.toBe(false);
          if (call.silent === undefined) expect(tellsTheTruth(before, after), where).toBe(true);
          if (expected === "invalid_credentials")
            expect(failuresOf(after), where).toBeGreaterThanOrEqual(outcome.verified);
          expect(await findHalfObjects(ctx), where).toEqual([]);
          expect(handle.heldAtRest(), where).toBe("");
        }
      }
    }, 120_000);
  });
});
