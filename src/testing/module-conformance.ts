import type { Module } from "../contract/module.ts";
import type { HostDatabase } from "./host-database.ts";
import type { ModuleSamples } from "./module-samples.ts";
import { declarationTests } from "./module-sections/declaration.ts";
import { forgettingTests } from "./module-sections/forgetting.ts";
import { migrationTests } from "./module-sections/migrations.ts";
import { replayTests } from "./module-sections/replays.ts";
import { routeTests } from "./module-sections/routes.ts";
import { signUpTests } from "./module-sections/sign-ups.ts";
import { declaredStatementTests, statementTests } from "./module-sections/statements.ts";
import { transactionTests } from "./module-sections/transactions.ts";
import { cleanUpTests, closingTests } from "./module-sections/upkeep.ts";
import { prepareModuleSubject } from "./module-subject/module-subject.ts";
import { oddNamespace, type ModuleUnderTest } from "./module-subject/module-under-test.ts";
import type { TestRunner } from "./test-runner.ts";

export interface ModuleConformanceOptions<M extends Module> {
  /** What stands before the names of the tests: "notes on PostgreSQL". */
  readonly name: string;
  /** Makes the module as an application does. Called for each start. */
  create(): M;
  /** Makes the modules that it needs, in any order. */
  others?(): readonly Module[];
  /** Opens a new handle on an empty database of its own. Called often, never while another one is open. */
  open(): Promise<HostDatabase>;
  /** What the suite cannot guess: the more there is, the more is tried. */
  readonly samples?: ModuleSamples<M>;
  readonly test: TestRunner;
}

const sections = [statementTests, signUpTests, transactionTests, replayTests, forgettingTests];

/**
 * Declares the tests that every module must pass, on one connection and in any namespace: its migrations and tables,
 * its statements, its part in sign-ups, transactions that are rolled back or run again, what it forgets of users who
 * are gone, its routes under malformed requests, its clean-up and its end.
 *
 * @example
 * moduleConformance({ name: "notes", create: () => notes(), open: openMyDatabase, test: { describe, it, beforeAll, afterAll } });
 */
export function moduleConformance<M extends Module>(options: ModuleConformanceOptions<M>): void {
  const { name, test } = options;
  const given: ModuleUnderTest = {
    create: () => options.create(),
    others: () => options.others?.() ?? [],
    open: () => options.open(),
    // What the samples are given is an Auth with the module that they are written for.
    samples: (options.samples ?? {}) as unknown as ModuleUnderTest["samples"],
  };
  test.describe(`${name}: a module as it is declared`, () => declarationTests(given, test));
  test.describe(`${name}: a module's tables`, () => migrationTests(given, test));
  test.describe(`${name}: a module at work`, () => {
    const subject = prepareModuleSubject(given, { test, namespace: undefined });
    // The last look at what the others have left.
    for (const declare of [...sections, routeTests, cleanUpTests, declaredStatementTests]) declare(subject);
  });
  test.describe(`${name}: a module at work in an odd namespace`, () => {
    const subject = prepareModuleSubject(given, { test, namespace: oddNamespace });
    for (const declare of [...sections, cleanUpTests]) declare(subject);
  });
  test.describe(`${name}: a module's end`, () => closingTests(given, test));
}
