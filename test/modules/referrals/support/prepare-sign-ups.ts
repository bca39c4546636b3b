import { newCredentials } from "../../../support/create-test-auth.ts";
import { allAtOnce } from "../../../suite/core/support/error-code.ts";
import type { ReferralAuth } from "./referral-auth.ts";

export type PreparedReferral = Awaited<ReturnType<ReferralAuth["prepareSignUp"]>>;

/** Strangers with a code, hashed beforehand, a few at a time, so that a race is one for the code alone. */
export async function prepareSignUps(
  auth: ReferralAuth,
  { code, count }: { readonly code: string; readonly count: number },
): Promise<readonly PreparedReferral[]> {
  const prepared: PreparedReferral[] = [];
  while (prepared.length < count) {
    const some = Math.min(20, count - prepared.length);
    prepared.push(
      ...(await allAtOnce(some, () => auth.prepareSignUp({ ...newCredentials(), referralCode: code }))),
    );
  }
  return prepared;
}

/** A user who can own codes and never signs in. */
export async function newOwner(auth: ReferralAuth): Promise<string> {
  return (await auth.users.create({ email: newCredentials().email })).id;
}
