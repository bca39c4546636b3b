import type { Script, Transaction, TransactionScript } from "../../database/script.ts";
import type { Call } from "../../database/statements/statement.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { insertCredential } from "../credentials/credential-statements.ts";
import { insertDevice } from "../devices/device-statements.ts";
import { recordEvent } from "../events/event-statements.ts";
import type { CoreHooks, NewAccount } from "../hooks.ts";
import { pendingSignIn, type PendingSignIn } from "../pending.ts";
import type { NewSession } from "../session.ts";
import { insertSession } from "../sessions/session-statements.ts";
import { startSession } from "../sessions/new-session.ts";
import type { SessionSettings } from "../sessions/session-settings.ts";
import { insertUser } from "../users/user-statements.ts";
import type { SignUpRecord } from "./prepared-sign-up.ts";
import { startParts, type SignUpAnswers } from "./sign-up-parts.ts";

/** What a sign-up at a given moment will have made. */
export function signUpResult(
  record: SignUpRecord,
  { now, settings }: { readonly now: Date; readonly settings: SessionSettings },
): NewSession {
  const { userId, sessionId, draft, emailVerified, token, deviceToken } = record;
  const user = {
    id: userId,
    email: draft.email,
    name: draft.name,
    emailVerifiedAt: emailVerified ? now : null,
    disabledAt: null,
    createdAt: now,
    updatedAt: now,
  };
  return {
    user,
    session: startSession({ id: sessionId, userId, client: draft.client }, { now, settings }),
    token,
    deviceToken,
  };
}

/** What a sign-up came to, besides the account: what its parts answered, or what is asked for first. */
export type SignUpOutcome = SignUpAnswers | PendingSignIn;

interface SignUpWork {
  readonly record: SignUpRecord;
  readonly result: NewSession;
}

/**
 * The account and what others add to it, all or nothing; `null` if the address has an account. One step if nobody
 * adds more than statements.
 */
export function wholeSignUpScript(
  { hooks }: Pick<CoreEnvironment, "hooks">,
  work: SignUpWork,
): { readonly singleStep: boolean; readonly script: TransactionScript<SignUpOutcome | null> } {
  const { record, result } = work;
  const gated = hooks.gates.some(({ operations }) => operations.includes("signUp"));
  const account: NewAccount = { user: result.user, client: record.draft.client, by: "user" };
  const parts = startParts(record.parts, account);
  const alone =
    !gated &&
    hooks.addressTaken.length === 0 &&
    record.script === null &&
    parts.scripts.length === 0 &&
    hooks.userCreated.length + hooks.sessionOpened.length === 0;
  const head = insertUser.with({ ...userRow(record, result) });
  const rest = gated
    ? accountRows(work, null)
    : [...accountRows(work, result.session.id), ...entryRows(work)];
  return {
    singleStep: alone,
    *script(tx) {
      const [made, ...heads] = yield* tx.chains({ head, rest }, parts.chains);
      if (made === null) return null;
      if (record.script !== null) yield* record.script(result.user)(tx);
      for (const hook of hooks.userCreated) yield* hook(account)(tx);
      const answers = yield* parts.run(heads)(tx);
      if (gated) {
        const pending = yield* passGates(hooks, { tx, ...work });
        if (pending !== null) return pending;
        yield* tx.all(entryRows(work));
      }
      const { user, session } = result;
      const { method, draft } = record;
      for (const hook of hooks.sessionOpened) {
        yield* hook({ user, session, client: draft.client, method })(tx);
      }
      return answers;
    },
  };
}

type SignUpStep = SignUpWork & { readonly tx: Transaction };

function* passGates(hooks: CoreHooks, { tx, record, result }: SignUpStep): Script<PendingSignIn | null> {
  const { method, draft } = record;
  const { client, cookies } = draft;
  const proven = { user: result.user, client, method, isNew: true, deviceId: null, cookies, passed: [] };
  for (const { module, operations, check } of hooks.gates) {
    if (!operations.includes("signUp")) continue;
    const step = yield* check(proven)(tx);
    if (step !== null) return pendingSignIn(module, step);
  }
  return null;
}

function userRow({ draft }: SignUpRecord, { user }: NewSession) {
  const { id, email, name, emailVerifiedAt, createdAt, updatedAt } = user;
  return { id, email, emailCanonical: draft.emailCanonical, name, emailVerifiedAt, createdAt, updatedAt };
}

/** The account itself. */
function accountRows({ record, result }: SignUpWork, sessionId: string | null): readonly Call<unknown>[] {
  const { userId, passwordHash, draft, method } = record;
  const now = result.session.createdAt;
  const event = recordEvent({
    id: record.eventId,
    type: "user.signed_up",
    userId,
    occurredAt: now,
    client: draft.client,
    sessionId,
    data: method === "password" ? {} : { method },
  });
  if (passwordHash === null) return [event];
  return [insertCredential.with({ userId, passwordHash, createdAt: now, updatedAt: now }), event];
}

/** What signs in to it. */
function entryRows({ record, result }: SignUpWork): readonly Call<unknown>[] {
  const { session } = result;
  const { userId, deviceId: id, deviceTokenHash: tokenHash } = record;
  const now = session.createdAt;
  return [
    insertSession.with({ ...session, tokenHash: record.tokenHash }),
    insertDevice.with({ id, userId, tokenHash, createdAt: now, lastSeenAt: now }),
  ];
}
