import type { TransactionScript } from "../../database/script.ts";
import type { Call } from "../../database/statements/statement.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { insertCredential } from "../credentials/credential-statements.ts";
import { insertDevice } from "../devices/device-statements.ts";
import { recordEvent } from "../events/event-statements.ts";
import type { NewAccount } from "../hooks.ts";
import type { NewSession } from "../session.ts";
import { insertSession } from "../sessions/session-statements.ts";
import { startSession } from "../sessions/new-session.ts";
import type { SessionSettings } from "../sessions/session-settings.ts";
import { insertUser } from "../users/user-statements.ts";
import type { SignUpRecord } from "./prepared-sign-up.ts";

/** What a sign-up at a given moment will have made. */
export function signUpResult(
  record: SignUpRecord,
  { now, settings }: { readonly now: Date; readonly settings: SessionSettings },
): NewSession {
  const { userId, sessionId, email, name, token, deviceToken, client } = record;
  const user = {
    id: userId,
    email,
    name,
    emailVerifiedAt: null,
    disabledAt: null,
    createdAt: now,
    updatedAt: now,
  };
  return {
    user,
    session: startSession({ id: sessionId, userId, client }, { now, settings }),
    token,
    deviceToken,
  };
}

/** What a sign-up did besides making the account: the answers of its parts, by their names. */
export type SignUpAnswers = Readonly<Record<string, unknown>>;

/**
 * The account and what others add to it, all or nothing; `null` if the address has an account. One step if nobody
 * adds anything.
 */
export function wholeSignUpScript(
  { hooks }: Pick<CoreEnvironment, "hooks">,
  { record, result }: { readonly record: SignUpRecord; readonly result: NewSession },
): { readonly singleStep: boolean; readonly script: TransactionScript<SignUpAnswers | null> } {
  const account: NewAccount = { user: result.user, client: record.client, by: "user" };
  const rows = signUpScript(record, result);
  return {
    singleStep: record.parts.every(({ script }) => script === null) && hooks.userCreated.length === 0,
    *script(tx) {
      if (!(yield* rows(tx))) return null;
      for (const hook of hooks.userCreated) yield* hook(account)(tx);
      const answers: Record<string, unknown> = {};
      for (const { name, script } of record.parts) {
        answers[name] = script && (yield* script(account)(tx));
      }
      return answers;
    },
  };
}

/**
 * User, credential, session, device and event, all or none. False if the address has an account: nothing is
 * written then, and the transaction stays usable.
 */
function signUpScript(record: SignUpRecord, { user, session }: NewSession): TransactionScript<boolean> {
  const { id, email, name, createdAt, updatedAt } = user;
  const head = insertUser.with({
    id,
    email,
    emailCanonical: record.emailCanonical,
    name,
    createdAt,
    updatedAt,
  });
  return function* (tx) {
    return (yield* tx.chain(head, accountRows(record, session))) !== null;
  };
}

function accountRows(record: SignUpRecord, session: NewSession["session"]): readonly Call<unknown>[] {
  const { userId, passwordHash, client } = record;
  const now = session.createdAt;
  return [
    insertCredential.with({ userId, passwordHash, createdAt: now, updatedAt: now }),
    insertSession.with({ ...session, tokenHash: record.tokenHash }),
    insertDevice.with({
      id: record.deviceId,
      userId,
      tokenHash: record.deviceTokenHash,
      createdAt: now,
      lastSeenAt: now,
    }),
    recordEvent({
      id: record.eventId,
      type: "user.signed_up",
      userId,
      occurredAt: now,
      client,
      sessionId: session.id,
    }),
  ];
}
