import { addSeconds } from "../../clock.ts";
import { createToken, type CreatedToken } from "../../crypto/token.ts";
import type { Call } from "../../database/statements/statement.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { insertDevice, touchDevice } from "../devices/device-statements.ts";
import type { PresentedDevice } from "../input/client-details.ts";
import type { Account } from "./reserve-sign-in.ts";

/** How often a known device's last visit is written down; what it decides counts in months. */
export const visitIntervalSeconds = 86_400;

/** The browser's token from now on, and what is to be written with the sign-in. */
export interface MarkedDevice {
  readonly token: string;
  readonly calls: readonly Call<unknown>[];
}

/** A mark for a browser that may have none yet, made before the transaction that finds out. */
export interface NewDevice extends CreatedToken {
  readonly id: string;
}

export function createDevice({ random, newId }: CoreEnvironment, now: Date): NewDevice {
  return { id: newId(now), ...createToken("device", random) };
}

/** A known device stays what it is; another browser becomes known. */
export function markDevice({
  presented,
  fresh,
  account,
  now,
}: {
  readonly presented: PresentedDevice | null;
  readonly fresh: NewDevice;
  readonly account: Pick<Account, "id" | "deviceId" | "deviceSeenAt">;
  readonly now: Date;
}): MarkedDevice {
  const { deviceId, deviceSeenAt } = account;
  if (presented !== null && deviceId !== null) {
    const isRecent = deviceSeenAt !== null && deviceSeenAt > addSeconds(now, -visitIntervalSeconds);
    const calls = isRecent ? [] : [touchDevice.with({ id: deviceId, lastSeenAt: now })];
    return { token: presented.token, calls };
  }
  const { id, token, tokenHash } = fresh;
  const device = { id, userId: account.id, tokenHash, createdAt: now, lastSeenAt: now };
  return { token, calls: [insertDevice.with(device)] };
}
