import { randomUUID } from "node:crypto";
import { newCredentials } from "../../../support/create-test-auth.ts";
import type { ReferralAuth } from "./referral-auth.ts";

/** What stands for the `<own>` and `<code>` of a request: an owner with a code in every state, and what others have. */
export async function makeKnownValues(
  auth: ReferralAuth,
  { maxCodesPerUser }: { readonly maxCodesPerUser: number },
): Promise<Readonly<Record<string, string>>> {
  const { referrals } = auth;
  const name = randomUUID();
  const owner = await auth.signUp({ ...newCredentials(), email: `${name}@example.com` });
  const userId = owner.user.id;
  const own = await referrals.createCode({ userId });
  for (let i = 0; i < 2; i += 1) await auth.signUp({ ...newCredentials(), referralCode: own.code });
  const collector = await auth.signUp(newCredentials());
  for (let i = 0; i < maxCodesPerUser; i += 1) await referrals.createCode({ userId: collector.user.id });
  const ended = await auth.signUp(newCredentials());
  await auth.signOut(ended.token);
  return {
    owner: owner.token,
    collector: collector.token,
    ended: ended.token,
    own: own.id,
    OWN: own.id.toUpperCase(),
    unknown: randomUUID(),
    referral: (await referrals.listReferrals(userId))[0]!.id,
    reward: (await referrals.listRewards(userId))[0]!.id,
    code: own.code.toLowerCase(),
    new: newCredentials().email,
    alias: `${name}+prize@example.com`,
    long: "x".repeat(65),
    ...(await makeIdleCodes(auth, userId)),
    ...(await makeForeignCodes(auth)),
  };
}

/** Codes of one user that bring nobody in, each for a reason of its own. */
async function makeIdleCodes(auth: ReferralAuth, userId: string) {
  const { referrals, clock } = auth;
  const soon = new Date(clock.now().getTime() + 1000);
  const expired = await referrals.createCode({ userId, expiresAt: soon });
  const paused = await referrals.createCode({ userId });
  await referrals.updateCode({ userId, codeId: paused.id, paused: true });
  const gone = await referrals.createCode({ userId });
  await referrals.deactivateCode({ userId, codeId: gone.id });
  const former = await referrals.createCode({ userId, program: "former" });
  return {
    expiredCode: expired.code,
    pausedCode: paused.code,
    goneCode: gone.code,
    formerCode: former.code,
  };
}

/** A code that somebody else has used up, and those of users who are gone or kept out. */
async function makeForeignCodes(auth: ReferralAuth) {
  const { referrals } = auth;
  const newCode = async (maxUses: number | null = null) => {
    const { user } = await auth.signUp(newCredentials());
    return { userId: user.id, ...(await referrals.createCode({ userId: user.id, maxUses })) };
  };
  const [usedUp, removed, disabled] = [await newCode(1), await newCode(), await newCode()];
  await auth.signUp({ ...newCredentials(), referralCode: usedUp.code });
  await auth.users.delete(removed.userId);
  await auth.users.disable(disabled.userId);
  return {
    foreign: usedUp.id,
    usedUpCode: usedUp.code,
    foreignCode: [...usedUp.code].join("-"),
    removedCode: removed.code,
    disabledCode: disabled.code,
  };
}
