import { createAuth, type Auth } from "wispy-auth";
import { mail, memoryTransport, type MemoryTransport } from "wispy-auth/mail";
import { passwordReset } from "wispy-auth/password-reset";
import { rateLimits } from "wispy-auth/rate-limits";
import { referrals } from "wispy-auth/referrals";
import { twoFactor } from "wispy-auth/two-factor";
import { cheapHasher, testBaseUrl } from "../../support/create-test-auth.ts";
import type { SuiteContext } from "../../support/for-each-database.ts";
import { createTestClock, type TestClock } from "../../support/test-clock.ts";

type Modules = readonly [
  ReturnType<typeof mail>,
  ReturnType<typeof passwordReset>,
  ReturnType<typeof rateLimits>,
  ReturnType<typeof referrals>,
  ReturnType<typeof twoFactor>,
];

export interface ClientStage {
  readonly auth: Auth<unknown, Modules>;
  readonly clock: TestClock;
  readonly mails: MemoryTransport;
}

/** What the clients of the tests call: modules with routes, and limits that are soon reached. */
export async function openClientStage(ctx: SuiteContext): Promise<ClientStage> {
  const clock = createTestClock();
  const mails = memoryTransport();
  const auth = await createAuth({
    database: ctx.host.native,
    baseUrl: testBaseUrl,
    secret: "a secret of the tests, long enough to be one",
    clock,
    log: () => undefined,
    ...ctx.authOptions,
    password: { hasher: cheapHasher },
    modules: [
      mail({ from: "Test <test@example.com>", transport: mails, delivery: "manual" }),
      passwordReset(),
      rateLimits({ limits: { signIn: { address: { turns: 3, seconds: 90 } } }, callersWithoutAddress: null }),
      referrals(),
      twoFactor({ issuer: "Test" }),
    ],
  });
  ctx.onSuiteEnd(() => auth.close());
  return { auth, clock, mails };
}
