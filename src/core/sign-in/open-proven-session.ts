import { AuthError } from "../../errors.ts";
import { isUuid } from "../../ids.ts";
import type { TransactionScript } from "../../database/script.ts";
import type { Call } from "../../database/statements/statement.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { readClientDetails, readPresentedDevice } from "../input/client-details.ts";
import type { PendingSignIn } from "../pending.ts";
import type { RequestContext } from "../request-context.ts";
import type { NewSession } from "../session.ts";
import { createSession } from "../sessions/new-session.ts";
import type { User } from "../user.ts";
import { createDevice } from "./mark-device.ts";
import { enterAtOnce } from "./enter-at-once.ts";
import { enter, type Proof } from "./way-in.ts";

export interface ProvenEntry {
  readonly userId: string;
  readonly method: string;
  readonly context: RequestContext | undefined;
  readonly passed: readonly string[];
  readonly proof: Proof | null;
  /** Written with what comes of it, a session or a step; they end their WHERE with `guard`. */
  readonly outcome: readonly Call<unknown>[];
  readonly script: ((user: User) => TransactionScript<void>) | null;
}

/**
 * Signs in somebody whom a module knows for sure. It is not run again when its outcome is unknown: what its script
 * used up would be missing the second time, and look like fraud.
 *
 * @throws AuthError `sign_in_refused`, and what the script and the modules refuse
 */
export async function openProvenSession(
  environment: CoreEnvironment,
  { userId, method, context, passed, proof, outcome, script }: ProvenEntry,
): Promise<NewSession | PendingSignIn> {
  const { clock, hooks, session: settings } = environment;
  if (!isUuid(userId)) throw refused();
  const now = clock.now();
  const client = readClientDetails(context);
  const device = readPresentedDevice(context);
  const cookies = context?.cookies ?? {};
  const created = createSession(environment, { userId, now, client });
  const fresh = createDevice(environment, now);
  const wayIn = { userId, method, client, device, cookies, passed, created, fresh, proof, outcome };
  const alone = script === null && hooks.gates.length === 0 && hooks.sessionOpened.length === 0;
  const opened =
    alone && settings.maxPerUser === null
      ? await enterAtOnce(environment, wayIn)
      : await enter(environment, { ...wayIn, script, passwordHash: null });
  if (opened === null) throw refused();
  return opened;
}

function refused(): AuthError {
  return new AuthError("sign_in_refused", { message: "This account cannot be signed in to" });
}
