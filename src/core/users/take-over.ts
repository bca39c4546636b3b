import type { TransactionScript } from "../../database/script.ts";
import { isUuid } from "../../ids.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { deleteDevicesOfUser } from "../devices/device-statements.ts";
import { tellOfChange } from "../hooks.ts";
import { readEmailAddress } from "../input/email-address.ts";
import { lockUser } from "./user-statements.ts";
import { setPasswordScript, verifyEmailScript, type ProvenAddress } from "./user-scripts.ts";

/**
 * Gives an account whose address nobody has proved to who has proved it now: whoever made it may have waited for this.
 * False if it has another address, or one that was proved before.
 */
export function takeOverScript(
  environment: CoreEnvironment,
  { userId, email, client }: ProvenAddress,
): TransactionScript<boolean> {
  return function* (tx) {
    const user = isUuid(userId) ? yield* tx.maybeOne(lockUser, { id: userId }) : null;
    if (user === null || user.emailVerifiedAt !== null) return false;
    if (readEmailAddress(email)?.canonical !== user.emailCanonical) return false;
    yield* setPasswordScript(environment, { userId, passwordHash: null, client })(tx);
    // A known browser has attempts of its own at the password that the owner may set.
    yield* tx.all([deleteDevicesOfUser.with({ userId })]);
    yield* tellOfChange(environment.hooks, { user: { id: userId }, what: "owner", client })(tx);
    return yield* verifyEmailScript(environment, { userId, email, client })(tx);
  };
}
