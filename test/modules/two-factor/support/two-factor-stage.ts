import { createAuth, type Auth } from "wispy-auth";
import { mail, memoryTransport, type MemoryTransport } from "wispy-auth/mail";
import { twoFactor, type FactorOwner } from "wispy-auth/two-factor";
import { codeOfStep, stepAt } from "../../../../src/modules/two-factor/totp.ts";
import { newCredentials, optionsOf } from "../../../support/create-test-auth.ts";
import type { SuiteContext } from "../../../support/for-each-database.ts";
import { createTestClock, type TestClock } from "../../../support/test-clock.ts";

export type TwoFactorAuth = Auth<unknown, readonly [ReturnType<typeof mail>, ReturnType<typeof twoFactor>]>;

export interface TwoFactorStage {
  readonly auth: TwoFactorAuth;
  readonly clock: TestClock;
  readonly mails: MemoryTransport;
}

/** An authentication system with mail and a second step, on a clock that stands still. */
export async function openStage(ctx: SuiteContext): Promise<TwoFactorStage> {
  const clock = createTestClock();
  const mails = memoryTransport();
  const auth = await createAuth({
    ...optionsOf(ctx, { clock }),
    modules: [
      mail({ from: "Test <test@example.com>", transport: mails, delivery: "manual" }),
      twoFactor({ issuer: "Test", mail: true }),
    ],
  });
  return { auth, clock, mails };
}

/** The code that an authenticator application shows now. */
export function codeNow(base32: string, clock: TestClock): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...base32].map((one) => alphabet.indexOf(one).toString(2).padStart(5, "0")).join("");
  const bytes = bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2));
  return codeOfStep(Uint8Array.from(bytes), stepAt(clock.now()));
}

export interface Enrolled {
  readonly account: ReturnType<typeof newCredentials>;
  readonly userId: string;
  readonly owner: FactorOwner;
  readonly token: string;
  readonly deviceToken: string;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** As much of a stage as an enrolment takes. */
interface Enrolling {
  readonly auth: Pick<TwoFactorAuth, "signUp" | "twoFactor">;
  readonly clock: TestClock;
}

/** A new user with an authenticator application. The clock is a step further, so that the next code is a new one. */
export async function enrol({ auth, clock }: Enrolling): Promise<Enrolled> {
  const account = newCredentials();
  const { user, session, token, deviceToken } = await auth.signUp(account);
  const owner = { userId: user.id, sessionId: session.id };
  const offer = await auth.twoFactor.offerTotp(user.id);
  const { recoveryCodes } = await auth.twoFactor.confirmTotp(owner, codeNow(offer.secret, clock));
  clock.advance(30);
  return {
    account,
    userId: user.id,
    owner,
    token,
    deviceToken,
    secret: offer.secret,
    recoveryCodes: recoveryCodes!,
  };
}
