import assert from "node:assert/strict";
import { newUser, type ModuleSubject } from "../module-subject/module-subject.ts";
import { onNewDatabase, startWith, type ModuleUnderTest } from "../module-subject/module-under-test.ts";
import { createModuleWatch } from "../module-subject/watched-module.ts";
import type { TestRunner } from "../test-runner.ts";

const tenYearsInSeconds = 10 * 366 * 86_400;
const maxRounds = 10_000;

/** The module's clean-up jobs, once there is something to clean up. */
export function cleanUpTests(subject: ModuleSubject): void {
  subject.test.it("cleans up in bounded batches, and comes to an end", async () => {
    const { auth, clock, samples, watch } = subject;
    for (const call of Object.values(samples.calls ?? {})) {
      const caller = await newUser(subject);
      await call(caller);
      await auth.users.delete(caller.userId);
    }
    clock.advance(tenYearsInSeconds);
    for (const [job, remove] of Object.entries(watch.started?.cleanUp ?? {})) {
      let rounds = 0;
      for (let removed = 1; removed > 0; rounds += 1) {
        assert.ok(rounds < maxRounds, `${job} goes on for ever`);
        removed = await remove(1);
        assert.ok(removed === 0 || removed === 1, `${job} removed ${String(removed)} rows of 1`);
      }
    }
    const { modules } = await auth.cleanUp();
    const left = Object.values(modules[subject.module.name] ?? {});
    assert.deepEqual(
      left,
      left.map(() => 0),
    );
  });
}

/** The end of an `Auth`. A module is told once, however often that is asked for. */
export function closingTests(given: ModuleUnderTest, { it }: TestRunner): void {
  it("is closed with everything else, more than once, and gives the handle back", () =>
    onNewDatabase(given, async (host) => {
      const watch = createModuleWatch();
      const modules = [...given.others(), watch.watch(given.create())];
      const auth = await startWith(host, { modules });
      await Promise.all([auth.close(), auth.close()]);
      await auth.close();
      if (watch.started?.close) assert.equal(watch.closings, 1);
      await assert.rejects(auth.users.list(), { code: "database_closed" });
      assert.deepEqual((await host.query("select 1 as one")).map(Object.values), [[1]]);
      const again = await startWith(host, {
        modules: [...given.others(), given.create()],
        migrate: "verify",
      });
      await again.close();
    }));
}
