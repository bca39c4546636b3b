import { onTestFinished } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { mail, memoryTransport, type MailOptions, type MemoryTransport } from "wispy-auth/mail";
import type { Module } from "wispy-auth/module";
import type { LogEntry } from "../../../../src/log.ts";
import { cheapHasher, testBaseUrl } from "../../../support/create-test-auth.ts";
import type { SuiteContext } from "../../../support/for-each-database.ts";
import { createTestClock, type TestClock } from "../../../support/test-clock.ts";
import { letters } from "./letters.ts";

type Modules = readonly [ReturnType<typeof mail>, ReturnType<typeof letters>];

export type MailAuth = Auth<unknown, Modules> & {
  readonly clock: TestClock;
  readonly inbox: MemoryTransport;
  readonly log: readonly LogEntry[];
};

export interface MailAuthOptions extends Partial<MailOptions> {
  readonly database?: unknown;
  readonly secret?: string | readonly string[];
  readonly clock?: TestClock;
  readonly letters?: ReturnType<typeof letters>;
  readonly more?: readonly Module[];
}

export const mailSecret = "a secret of the tests, long enough to be one";

/** An `Auth` that sends mails when it is told to; closed with the test. */
export async function createMailAuth(ctx: SuiteContext, given: MailAuthOptions = {}): Promise<MailAuth> {
  const { database, secret = mailSecret, clock = createTestClock(), more = [], ...others } = given;
  const { letters: sender = letters(), ...options } = others;
  const inbox = memoryTransport();
  const log: LogEntry[] = [];
  const outbox = mail({
    from: "Acme <no-reply@acme.example>",
    transport: inbox,
    delivery: "manual",
    ...options,
  });
  const auth = await createAuth({
    database: database ?? ctx.host.native,
    baseUrl: testBaseUrl,
    secret,
    clock,
    password: { hasher: cheapHasher },
    log: (entry) => log.push(entry),
    ...ctx.authOptions,
    modules: [outbox, sender, ...more] as unknown as Modules,
  });
  onTestFinished(() => auth.close());
  return { ...auth, clock, inbox, log };
}
