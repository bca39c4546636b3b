import { createAuth, type Auth } from "wispy-auth";
import { referrals, type ReferralOptions } from "wispy-auth/referrals";
import { cheapHasher, testBaseUrl, type AuthOptions } from "../../../support/create-test-auth.ts";
import type { SuiteContext } from "../../../support/for-each-database.ts";
import { createTestClock, type TestClock } from "../../../support/test-clock.ts";

export type ReferralAuth = Auth<unknown, readonly [ReturnType<typeof referrals>]> & {
  readonly clock: TestClock;
};

const testSecret = "a secret of the tests, long enough to be one";

interface ReferralAuthOptions {
  /** Default: the suite's own handle. */
  readonly database?: unknown;
  readonly pool?: AuthOptions["pool"];
  readonly secret?: AuthOptions["secret"];
}

/** An `Auth` with referrals on the suite's own handle; closed with the suite. */
export async function createReferralAuth(
  ctx: SuiteContext,
  { database, pool, secret = testSecret, ...options }: ReferralOptions & ReferralAuthOptions = {},
): Promise<ReferralAuth> {
  const clock = createTestClock();
  const auth = await createAuth({
    database: database ?? ctx.host.native,
    baseUrl: testBaseUrl,
    secret,
    password: { hasher: cheapHasher },
    clock,
    log: () => undefined,
    ...ctx.authOptions,
    ...(pool && { pool }),
    modules: [referrals(options)],
  });
  ctx.onSuiteEnd(() => auth.close());
  return { ...auth, clock };
}
