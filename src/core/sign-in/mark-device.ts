import { addSeconds } from "../../clock.ts";
import { createToken } from "../../crypto/token.ts";
import type { Call } from "../../database/statements/statement.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { insertDevice, touchDevice } from "../devices/device-statements.ts";
import type { Account } from "./reserve-sign-in.ts";
import type { SignInAttempt } from "./sign-in-attempt.ts";

/** How often a known device's last visit is written down; what it decides counts in months. */
const visitIntervalSeconds = 86_400;

/** The browser's token from now on, and what is to be written with the sign-in. */
export interface MarkedDevice {
  readonly token: string;
  readonly calls: readonly Call<unknown>[];
}

/** A known device stays what it is; another browser becomes known. */
export function markDevice(
  { random, newId }: CoreEnvironment,
  {
    attempt,
    account,
    now,
  }: { readonly attempt: SignInAttempt; readonly account: Account; readonly now: Date },
): MarkedDevice {
  const { deviceId, deviceSeenAt } = account;
  if (attempt.device !== null && deviceId !== null) {
    const isRecent = deviceSeenAt !== null && deviceSeenAt > addSeconds(now, -visitIntervalSeconds);
    const calls = isRecent ? [] : [touchDevice.with({ id: deviceId, lastSeenAt: now })];
    return { token: attempt.device.token, calls };
  }
  const { token, tokenHash } = createToken("device", random);
  const device = { id: newId(now), userId: account.id, tokenHash, createdAt: now, lastSeenAt: now };
  return { token, calls: [insertDevice.with(device)] };
}
