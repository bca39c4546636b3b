import { findInvitation, nobody } from "./find-invitation.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";

/** A link that was followed: the content of the module's cookie. */
export interface Attribution {
  readonly code: string;
  readonly followedAt: Date;
}

/** The link that counts for a sign-up now; `null` if there is none, it is too old, or the cookie is not ours. */
export function readAttribution(
  { settings, clock, signer }: ReferralEnvironment,
  cookie: string | null,
): Attribution | null {
  if (settings.attribution === null || cookie === null) return null;
  const value = signer("attribution").verify(cookie);
  const separator = value?.indexOf(" ") ?? -1;
  if (value === null || separator < 0) return null;
  const followedAt = new Date(Number(value.slice(0, separator)));
  const age = (clock.now().getTime() - followedAt.getTime()) / 1000;
  if (!(age <= settings.attribution.windowSeconds)) return null;
  return { code: value.slice(separator + 1), followedAt };
}

/**
 * The cookie's value for somebody who follows a link now; `null` if nothing is to be remembered: the code cannot be
 * redeemed, an earlier link stays the first, or the option `attribution` is not set.
 */
export async function followLink(
  environment: ReferralEnvironment,
  { code, cookie }: { readonly code: string; readonly cookie: string | null },
): Promise<{ readonly value: string; readonly maxAgeSeconds: number } | null> {
  const { settings, clock, signer } = environment;
  if (settings.attribution === null) return null;
  const { touch, windowSeconds } = settings.attribution;
  if (touch === "first" && readAttribution(environment, cookie) !== null) return null;
  if (typeof (await findInvitation(environment, { code, visitor: nobody })) === "string") return null;
  const value = signer("attribution").sign(`${String(clock.now().getTime())} ${code}`);
  return { value, maxAgeSeconds: windowSeconds };
}
