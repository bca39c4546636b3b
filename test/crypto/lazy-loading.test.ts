import { expect, test } from "vitest";

/** The native libraries of this process, by path. */
function loadedBindings(): readonly string[] {
  const report = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
  return report.sharedObjects.filter((path) => path.includes("argon2") || path.includes("bcrypt"));
}

test("the native bindings are loaded by the first password that needs them, not by the import", async () => {
  const { argon2idHasher } = await import("../../src/crypto/password-hasher.ts");
  await import("../../src/crypto/password-policy.ts");
  await import("../../src/crypto/hash-queue.ts");
  await import("../../src/crypto/token.ts");
  const hasher = argon2idHasher({ memoryKiB: 8, passes: 1 });
  expect(loadedBindings()).toEqual([]);
  await hasher.hash("correct horse");
  expect(loadedBindings()).toEqual([expect.stringContaining("argon2")]);
  await hasher.verify("$2b$04$GhvMmNVjRW29ulnudl.LbuAnUtN/LRfe1JsBm1Xu6LE3059z5Tr8m", "correct horse");
  expect(loadedBindings()).toHaveLength(2);
});
