import type { CreatedToken } from "../../crypto/token.ts";
import type { Script, Transaction, TransactionScript } from "../../database/script.ts";
import { isAuthError } from "../../errors.ts";
import type { Call, RowOf } from "../../database/statements/statement.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { recordEvent } from "../events/event-statements.ts";
import type { ProvenUser } from "../hooks.ts";
import type { ClientDetails, PresentedDevice } from "../input/client-details.ts";
import { pendingSignIn, type PendingSignIn } from "../pending.ts";
import type { NewSession } from "../session.ts";
import type { CreatedSession } from "../sessions/new-session.ts";
import {
  deleteOldestSessions,
  findCurrentSessionById,
  insertSession,
} from "../sessions/session-statements.ts";
import type { User } from "../user.ts";
import { findUser } from "../users/user-statements.ts";
import { markDevice } from "./mark-device.ts";
import { holdProven } from "./sign-in-statements.ts";

/** What was proved, for as long as a statement of it returns a row. */
export interface Proof {
  /** Holds what it finds (`for share`), and ends its WHERE with `guard`. */
  readonly call: Call<unknown>;
  /** What is thrown when it returns none. */
  readonly gone: () => Error;
}

/** Somebody who proved who they are, on the way to a session. */
export interface WayIn {
  readonly userId: string;
  readonly method: string;
  readonly client: ClientDetails;
  readonly device: PresentedDevice | null;
  readonly cookies: Readonly<Record<string, string>>;
  readonly passed: readonly string[];
  /** The hash that was verified; `null` if it was proved otherwise. */
  readonly passwordHash: string | null;
  readonly created: CreatedSession;
  readonly fresh: CreatedToken & { readonly id: string };
  /** Must hold still. */
  readonly proof: Proof | null;
  /** Runs first. */
  readonly script: ((user: User) => TransactionScript<void>) | null;
  /** Written with the outcome, whichever it is. */
  readonly outcome: readonly Call<unknown>[];
}

/**
 * Runs a way in. When the answer is lost, the session tells whether it was made; a step that was asked for does not.
 * `null` if the account changed since it was proved whose it is.
 * @throws AuthError what the script and the modules refuse
 */
export async function enter(
  environment: CoreEnvironment,
  wayIn: WayIn,
): Promise<NewSession | PendingSignIn | null> {
  const { database } = environment;
  const script = wayInScript(environment, wayIn);
  let result: NewSession | PendingSignIn | null = null;
  try {
    await database.transaction(function* (tx) {
      result = yield* script(tx);
    });
  } catch (error) {
    if (!isAuthError(error, "outcome_unknown") || result === null || "pending" in result) throw error;
    const { id } = wayIn.created.session;
    if ((await database.maybeOne(findCurrentSessionById, { id })) === null) throw error;
  }
  return result;
}

/**
 * The way to a session where others take part, one statement after the other: whoever asks for a step ends it
 * without a session.
 */
function wayInScript(
  environment: CoreEnvironment,
  wayIn: WayIn,
): TransactionScript<NewSession | PendingSignIn | null> {
  const { userId, passwordHash, device, proof } = wayIn;
  return function* (tx) {
    const deviceTokenHash = device?.tokenHash ?? null;
    const hold = holdProven.with({ userId, passwordHash, deviceTokenHash });
    const proofs = proof === null ? [] : [{ head: proof.call, rest: [] }];
    const [found, proved] = yield* tx.chains({ head: hold, rest: [] }, proofs);
    if (found === null) return null;
    if (proof !== null && proved === null) throw proof.gone();
    const { deviceId, deviceSeenAt, ...held } = found as RowOf<typeof holdProven>;
    if (wayIn.script !== null) yield* wayIn.script(held)(tx);
    const user = wayIn.script === null ? held : yield* tx.one(findUser, { id: userId });
    const proven = { user, deviceId, isNew: false, ...pick(wayIn) };
    const pending = yield* passGates(environment, { tx, proven, wayIn });
    return pending ?? (yield* open(environment, { tx, wayIn, user, known: { deviceId, deviceSeenAt } }));
  };
}

function pick({ client, method, cookies, passed }: WayIn) {
  return { client, method, cookies, passed };
}

function* passGates(
  { hooks, newId }: CoreEnvironment,
  { tx, proven, wayIn }: { readonly tx: Transaction; readonly proven: ProvenUser; readonly wayIn: WayIn },
): Script<PendingSignIn | null> {
  for (const { module, check } of hooks.gates) {
    if (wayIn.passed.includes(module)) continue;
    const step = yield* check(proven)(tx);
    if (step === null) continue;
    const occurredAt = wayIn.created.session.createdAt;
    const { client, method } = wayIn;
    const event = {
      id: newId(occurredAt),
      type: "sign_in.step_required",
      userId: proven.user.id,
      occurredAt,
      client,
      data: { method, step: module },
    } as const;
    yield* tx.all([recordEvent(event), ...wayIn.outcome]);
    return pendingSignIn(module, step);
  }
  return null;
}

interface Entry {
  readonly tx: Transaction;
  readonly wayIn: WayIn;
  readonly user: User;
  readonly known: { readonly deviceId: string | null; readonly deviceSeenAt: Date | null };
}

function* open(environment: CoreEnvironment, { tx, wayIn, user, known }: Entry): Script<NewSession> {
  const { hooks, session: settings, newId } = environment;
  const { created, client, method, passed, fresh, device: presented } = wayIn;
  const { session, token, tokenHash } = created;
  const now = session.createdAt;
  // A module that signs in and asks for nothing has passed itself, which tells nobody anything.
  const steps = hooks.gates.flatMap(({ module }) => (passed.includes(module) ? [module] : []));
  const device = markDevice({ presented, fresh, account: { ...known, id: user.id }, now });
  const event = recordEvent({
    id: newId(now),
    type: "sign_in.succeeded",
    userId: user.id,
    occurredAt: now,
    client,
    sessionId: session.id,
    data: {
      method,
      knownDevice: known.deviceId !== null,
      ...(steps.length > 0 && { passed: steps }),
    },
  });
  yield* tx.all([insertSession.with({ ...session, tokenHash }), event, ...wayIn.outcome, ...device.calls]);
  if (settings.maxPerUser !== null) {
    const others = settings.maxPerUser - 1;
    yield* tx.many(deleteOldestSessions, { userId: user.id, keepSessionId: session.id, others });
  }
  for (const hook of hooks.sessionOpened) yield* hook({ user, session, client, method })(tx);
  return { user, session, token, deviceToken: device.token };
}
