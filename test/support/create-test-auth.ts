import { randomUUID } from "node:crypto";
import { createAuth } from "wispy-auth";
import { argon2idHasher } from "../../src/crypto/password-hasher.ts";
import type { SuiteContext } from "./for-each-database.ts";

export type AuthOptions = Parameters<typeof createAuth>[0];
export type TestAuth = Awaited<ReturnType<typeof createAuth>>;

/** Argon2id at the least it can cost: tests that are not about hashing need not wait for it. */
export const cheapHasher = argon2idHasher({ memoryKiB: 8, passes: 1 });

/** Where the application of the tests says it is. */
export const testBaseUrl = "https://app.example.com";

/** Signs and seals in the tests. */
export const testSecret = "a secret of the tests, long enough to be one";

/** What an `Auth` with modules is made of, besides its modules, on the suite's host handle; `overrides` win. */
export function optionsOf(ctx: SuiteContext, overrides: Omit<Partial<AuthOptions>, "modules"> = {}) {
  return {
    database: ctx.host.native,
    baseUrl: testBaseUrl,
    secret: testSecret,
    password: { hasher: cheapHasher },
    log: () => undefined,
    ...ctx.authOptions,
    ...overrides,
  };
}

/** An `Auth` on the suite's host handle under the variant's conditions; `overrides` win. Closed when the suite ends. */
export async function createTestAuth(
  ctx: SuiteContext,
  overrides: Partial<AuthOptions> = {},
): Promise<TestAuth> {
  const { password, ...others } = overrides;
  const auth = await createAuth({
    database: ctx.host.native,
    baseUrl: testBaseUrl,
    ...ctx.authOptions,
    ...others,
    password: { hasher: cheapHasher, ...password },
  });
  ctx.onSuiteEnd(() => auth.close());
  return auth;
}

/** An e-mail address and a password that no other test has. */
export function newCredentials(): { readonly email: string; readonly password: string } {
  return { email: `${randomUUID()}@example.com`, password: `correct horse ${randomUUID()}` };
}
