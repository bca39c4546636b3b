/** What scripts/coexistence.mjs takes. */
export { countMarks, judge, problemsOf, renderMatrix } from "./matrix.ts";
export { brokenFilesOf, testsOf } from "./matrix-tests.ts";
