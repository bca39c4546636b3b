import { DefaultReporter, type Reporter, type TestModule } from "vitest/node";

type RunEnd = Parameters<NonNullable<Reporter["onTestRunEnd"]>>;

/** The default report, ended by one plain line for machines: `12 passed, 0 failed`, and `, 1 skipped` if any was. */
export default class SummaryReporter extends DefaultReporter {
  override onTestRunEnd(...[modules, errors, reason]: RunEnd): void {
    super.onTestRunEnd(modules, errors, reason);
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state === "pending" ? "skipped" : state] += 1;
      }
      count.failed += countBrokenSuites(module);
    }
    // The global set-up failed: no test could.
    if (reason === "failed" && count.failed === 0) count.failed = 1;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    process.stdout.write(`${count.passed} passed, ${count.failed} failed${skipped}\n`);
  }
}

/** Files and suites that failed themselves, so that their tests did not run. */
function countBrokenSuites(module: TestModule): number {
  const suites = [...module.children.allSuites()];
  return [module, ...suites].filter((suite) => suite.errors().length > 0).length;
}
