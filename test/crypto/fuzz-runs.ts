/** How often a property is tried: the first count on every commit, the second before a release (`FUZZ=release`). */
export function fuzzRuns(commit: number, release: number): { readonly numRuns: number } {
  return { numRuns: process.env["FUZZ"] === "release" ? release : commit };
}
