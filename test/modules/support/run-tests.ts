import type { TestRunner } from "wispy-auth/testing";

interface Group {
  readonly before: (() => Promise<void>)[];
  readonly after: (() => Promise<void>)[];
  readonly tests: { readonly name: string; readonly body: () => Promise<void> }[];
}

/**
 * Runs declared tests group by group, as a test runner does; the names of those that fail, in order. `wanted` is the
 * beginning of a test's name: then only its group is run, and of a group that shares nothing only that test.
 */
export async function runTests(
  declare: (test: TestRunner) => void,
  { wanted = "" }: { readonly wanted?: string } = {},
): Promise<readonly string[]> {
  const groups: Group[] = [];
  const current = (): Group => groups.at(-1)!;
  declare({
    describe(_, body) {
      groups.push({ before: [], after: [], tests: [] });
      body();
    },
    it: (name, body) => current().tests.push({ name, body }),
    beforeAll: (body) => current().before.push(body),
    afterAll: (body) => current().after.push(body),
  });
  const failed: string[] = [];
  for (const { before, after, tests } of groups) {
    const found = tests.filter(({ name }) => name.startsWith(wanted));
    if (found.length === 0) continue;
    for (const body of before) await body();
    for (const { name, body } of before.length === 0 ? found : tests)
      await body().catch(() => failed.push(name));
    for (const body of after) await body();
  }
  return failed;
}
