import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { sourceAliases } from "./test/support/source-aliases.ts";
import { defaultVariant, type Variant } from "./test/support/variant.ts";

const resolve = {
  alias: sourceAliases.map(({ name, file }) => ({ find: new RegExp(`^${name}$`), replacement: file })),
};

/** A project runs test files under the conditions of a variant. */
function project(
  name: string,
  settings: { readonly include: readonly string[]; readonly variant?: Partial<Variant> },
): TestProjectInlineConfiguration {
  return {
    resolve,
    test: {
      name,
      include: [...settings.include],
      exclude: [...configDefaults.exclude],
      pool: "forks",
      testTimeout: 60_000,
      hookTimeout: 120_000,
      provide: { variant: { ...defaultVariant, ...settings.variant } },
    },
  };
}

// What is under test/suite runs in every variant; the rest of test/ in the default one alone.
const suites = ["test/suite/**/*.test.ts"];
const postgresOnly = ["postgres"] as const;

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    maxWorkers: 2,
    reporters: ["./test/support/summary-reporter.ts"],
    projects: [
      project("default", { include: ["test/**/*.test.ts"] }),
      project("pool-of-one", { include: suites, variant: { databases: postgresOnly, poolMax: 1 } }),
      project("odd-namespace", { include: suites, variant: { namespace: "Wispy Auth's" } }),
      project("unnamed", { include: suites, variant: { databases: postgresOnly, statements: "unnamed" } }),
      project("pgbouncer", { include: suites, variant: { databases: postgresOnly, pgbouncer: true } }),
    ],
  },
});
