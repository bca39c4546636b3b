import { accountTests } from "./sections/accounts.ts";
import { concurrencyTests } from "./sections/concurrency.ts";
import { joinedTransactionTests } from "./sections/joined-transactions.ts";
import { lendingTests } from "./sections/lending.ts";
import { scriptTests } from "./sections/scripts.ts";
import { valueTests } from "./sections/values.ts";
import type { HostDatabase } from "./host-database.ts";
import { prepareSubject } from "./subject.ts";
import type { TestRunner } from "./test-runner.ts";

export interface DatabaseConformanceOptions {
  /** The driver, as it is to stand before the names of the tests: "pg.Pool". */
  readonly name: string;
  /** Opens a new handle on an empty database of its own. Called a few times, never while another one is open. */
  open(): Promise<HostDatabase>;
  readonly test: TestRunner;
}

/**
 * Declares the tests that every handle must pass: accounts and sessions, many callers at once, transactions of our
 * own and shared ones, values of every type, and a handle that is given back as it was.
 *
 * @example
 * databaseConformance({ name: "my driver", open: openMyDatabase, test: { describe, it, beforeAll, afterAll } });
 */
export function databaseConformance({ name, open, test }: DatabaseConformanceOptions): void {
  test.describe(`${name}: a handle in use`, () => {
    const subject = prepareSubject(test, open);
    for (const declare of [accountTests, concurrencyTests, scriptTests, joinedTransactionTests, valueTests]) {
      declare(subject);
    }
  });
  test.describe(`${name}: a handle that is lent`, () => lendingTests(prepareSubject(test, open)));
}
