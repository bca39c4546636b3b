import { createAuth, type Auth } from "wispy-auth";
import { emailVerification } from "wispy-auth/email-verification";
import { mail, memoryTransport, type MemoryTransport } from "wispy-auth/mail";
import { referrals } from "wispy-auth/referrals";
import { twoFactor } from "wispy-auth/two-factor";
import { optionsOf, testBaseUrl } from "../../../support/create-test-auth.ts";
import type { SuiteContext } from "../../../support/for-each-database.ts";
import { createTestClock, type TestClock } from "../../../support/test-clock.ts";

export type VerificationAuth = Auth<
  unknown,
  readonly [
    ReturnType<typeof mail>,
    ReturnType<typeof emailVerification>,
    ReturnType<typeof twoFactor>,
    ReturnType<typeof referrals>,
  ]
>;

export interface VerificationStage {
  readonly auth: VerificationAuth;
  readonly clock: TestClock;
  readonly mails: MemoryTransport;
  /** Delivers, and gives what the address was sent last. */
  latest(email: string): Promise<Letter>;
  /** One request to the handler, by a browser that keeps its cookies. */
  send(path: string, sent?: Sent): Promise<Answer>;
  /** How many rows a table has. */
  count(table: string): Promise<number>;
}

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly code: string;
  readonly token: string;
}

export interface Sent {
  readonly body?: object;
  readonly method?: string;
  readonly cookies?: Map<string, string>;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Record<string, unknown> | null;
}

/** An authentication system with mail, verified addresses, a second step and referrals, on a clock that stands still. */
export async function openStage(ctx: SuiteContext): Promise<VerificationStage> {
  const clock = createTestClock();
  const mails = memoryTransport();
  const auth = await createAuth({
    ...optionsOf(ctx, { clock }),
    modules: [
      mail({ from: "Test <test@example.com>", transport: mails, delivery: "manual" }),
      emailVerification(),
      twoFactor({ issuer: "Test" }),
      referrals(),
    ],
  });
  return {
    auth,
    clock,
    mails,
    async latest(email) {
      await auth.mail.deliver();
      return readLetter(mails, email);
    },
    send: (path, sent) => send(auth, path, sent),
    async count(table) {
      const rows = await ctx.host.query(`select count(*) as n from ${ctx.table(table)}`);
      return Number(Object.values(rows[0]!)[0]);
    },
  };
}

/** What an address was sent last. */
export function readLetter(mails: MemoryTransport, email: string): Letter {
  return readLetters(mails, email).at(-1)!;
}

export function readLetters(mails: MemoryTransport, email: string): readonly Letter[] {
  return mails.messages
    .filter(({ to }) => to === email)
    .map(({ subject, text }) => ({
      subject,
      text,
      code: /^ {4}(\d{6})$/m.exec(text)?.[1] ?? "",
      token: /\?token=([\w-]+)/.exec(text)?.[1] ?? "",
    }));
}

export async function send(
  auth: { readonly handler: VerificationAuth["handler"] },
  path: string,
  { method = "POST", body, cookies = new Map(), token, headers: extra = {} }: Sent = {},
): Promise<Answer> {
  const headers = new Headers({ origin: testBaseUrl, ...extra });
  if (body !== undefined) headers.set("content-type", "application/json");
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  if (cookies.size > 0) headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
  const response = await auth.handler(
    new Request(`${testBaseUrl}/auth${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    }),
  );
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
    if (value === "") cookies.delete(name!);
    else cookies.set(name!, value!);
  }
  const text = await response.text();
  return {
    status: response.status,
    headers: [...response.headers],
    body: text === "" ? null : (JSON.parse(text) as Record<string, unknown>),
  };
}
