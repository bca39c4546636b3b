import { addSeconds } from "../../clock.ts";
import type { Call } from "../../database/statements/statement.ts";
import { isAuthError } from "../../errors.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { insertUnknownDevice, touchPresentedDevice } from "../devices/device-statements.ts";
import { insertEntryEvent } from "../events/event-statements.ts";
import type { NewSession } from "../session.ts";
import { findCurrentSessionById, insertSession } from "../sessions/session-statements.ts";
import type { User } from "../user.ts";
import { visitIntervalSeconds } from "./mark-device.ts";
import { holdEntering } from "./sign-in-statements.ts";
import type { WayIn } from "./way-in.ts";

/** A way in on which nobody else takes part, and whose proof is one statement. */
export type LoneWayIn = Omit<WayIn, "script" | "passwordHash">;

/**
 * Runs such a way in as one step: on PostgreSQL one round trip. `null` if the user is gone or disabled.
 * @throws AuthError what the proof says when it is gone
 */
export async function enterAtOnce(
  { database, newId }: Pick<CoreEnvironment, "database" | "newId">,
  wayIn: LoneWayIn,
): Promise<NewSession | null> {
  const { userId, created, device, proof } = wayIn;
  const who = { userId, deviceTokenHash: device?.tokenHash ?? null };
  const hold = holdEntering.with(who);
  const entry = entryOf(wayIn, newId(created.session.createdAt));
  const first = { head: hold, rest: proof === null ? entry : [] };
  const others = proof === null ? [] : [{ head: proof.call, rest: entry }];
  try {
    const [held, proved] = await database.transaction((tx) => tx.chains(first, others), { singleStep: true });
    if (held === null) return null;
    if (proof !== null && proved === null) throw proof.gone();
    return sessionOf(wayIn, held as Held);
  } catch (error) {
    if (!isAuthError(error, "outcome_unknown")) throw error;
    const { id } = created.session;
    if ((await database.maybeOne(findCurrentSessionById, { id })) === null) throw error;
    const held = await database.maybeOne(holdEntering, who);
    if (held === null) throw error;
    return sessionOf(wayIn, held);
  }
}

type Held = User & { readonly deviceId: string | null };

/** What makes the session; the event before the browser is remembered, so that it tells whether it was known. */
function entryOf(
  { userId, method, client, created, device, fresh, outcome }: LoneWayIn,
  eventId: string,
): readonly Call<unknown>[] {
  const { session, tokenHash } = created;
  const { id: sessionId, createdAt: now } = session;
  const presentedHash = device?.tokenHash ?? null;
  const { ipAddress, userAgent } = client;
  const who = { userId, ipAddress, userAgent, sessionId, method, presentedHash };
  return [
    insertSession.with({ ...session, tokenHash }),
    insertEntryEvent.with({ ...who, id: eventId, type: "sign_in.succeeded", occurredAt: now }),
    insertUnknownDevice.with({
      id: fresh.id,
      userId,
      tokenHash: fresh.tokenHash,
      createdAt: now,
      presentedHash,
    }),
    ...(presentedHash === null
      ? []
      : [
          touchPresentedDevice.with({
            userId,
            presentedHash,
            lastSeenAt: now,
            unlessSince: addSeconds(now, -visitIntervalSeconds),
          }),
        ]),
    ...outcome,
  ];
}

function sessionOf({ created, device, fresh }: LoneWayIn, { deviceId, ...user }: Held): NewSession {
  const { session, token } = created;
  return {
    user,
    session,
    token,
    deviceToken: device !== null && deviceId !== null ? device.token : fresh.token,
  };
}
