import type { Script, Transaction } from "../../database/script.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { deleteCredential } from "../credentials/credential-statements.ts";
import { deleteDevicesOfUser } from "../devices/device-statements.ts";
import { recordEvent } from "../events/event-statements.ts";
import type { ClientDetails } from "../input/client-details.ts";
import { accountKey, confirmationKey } from "../lockout/attempt-key.ts";
import { clearAttemptsOfUser } from "../lockout/attempt-statements.ts";
import { deleteSessionsOfUser } from "../sessions/session-statements.ts";
import { deleteUserRow } from "./user-statements.ts";

export interface Erasure {
  readonly client: ClientDetails;
  /** The session that asked for it. */
  readonly sessionId: string | null;
  readonly by: "user" | "application";
}

/**
 * The part of a script that removes a user it holds. Child rows are named one by one, because SQLite cascades
 * only where the application has switched foreign keys on.
 */
export function eraseUser(
  { clock, newId, hooks }: CoreEnvironment,
  { client, sessionId, by }: Erasure,
): (tx: Transaction, user: { readonly id: string; readonly emailCanonical: string }) => Script<void> {
  const occurredAt = clock.now();
  const id = newId(occurredAt);
  return function* (tx, user) {
    const userId = user.id;
    const keys = {
      accountKey: accountKey({ canonical: user.emailCanonical }),
      confirmationKey: confirmationKey(userId),
    };
    for (const hook of hooks.userDeleted) yield* hook({ id: userId })(tx);
    yield* tx.all([
      clearAttemptsOfUser.with({ userId, ...keys }),
      deleteSessionsOfUser.with({ userId }),
      deleteDevicesOfUser.with({ userId }),
      deleteCredential.with({ userId }),
      deleteUserRow.with({ id: userId }),
      recordEvent({ id, type: "user.deleted", userId, occurredAt, client, sessionId, data: { by } }),
    ]);
  };
}
