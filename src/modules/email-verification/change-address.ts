import {
  addSeconds,
  AuthError,
  createToken,
  readClientDetails,
  readEmailAddress,
  type ClientDetails,
  type RequestContext,
  type Script,
  type Transaction,
  type User,
} from "../../module.ts";
import type { PendingVerification } from "./find-pending.ts";
import { issueVerification, linkToken } from "./issue.ts";
import type { AddressOwner } from "./verification-api.ts";
import { tooManyMails, type VerificationEnvironment } from "./verification-environment.ts";
import { findOwner, insertVerification } from "./verification-statements.ts";

interface ChangeRequest {
  readonly owner: AddressOwner;
  readonly email: string;
  readonly context: RequestContext | undefined;
}

/** @throws AuthError `invalid_input`, `not_found`, `too_many_requests` */
export async function requestChange(
  environment: VerificationEnvironment,
  { owner, email, context }: ChangeRequest,
): Promise<void> {
  const { database, clock, accounts, recordEvent } = environment;
  const { userId, sessionId } = owner;
  const address = readEmailAddress(email);
  if (address === null) throw noAddress();
  const { canonical } = address;
  const client = readClientDetails(context);
  await environment.attempt({ action: "emailVerification.send", client, account: canonical });
  await database.transaction(function* (tx) {
    const user = yield* accounts.hold(userId)(tx);
    if (user === null) throw new AuthError("not_found", { message: "There is no such user" });
    const other = yield* tx.maybeOne(findOwner, { canonical });
    const takenBy = other !== null && other.id !== userId ? other : null;
    const now = clock.now();
    const change = { userId, purpose: "change", email: address.address, canonical, sessionId } as const;
    const mailed = yield* issueVerification(environment, { tx, now, ...change, takenBy, waiting: null });
    if (!mailed) throw tooManyMails(3600);
    const type = "emailVerification.change_requested";
    yield* tx.all([recordEvent({ type, userId, occurredAt: now, client, sessionId })]);
  });
}

interface Move {
  readonly tx: Transaction;
  readonly found: PendingVerification;
  readonly user: User;
  readonly client: ClientDetails;
}

/** Moves the account to the address that was confirmed, and tells the address before it, by a link that takes it back. */
export function* moveToNewAddress(
  environment: VerificationEnvironment,
  { tx, found, user, client }: Move,
): Script<void> {
  const { clock, accounts } = environment;
  const { userId, email, sessionId } = found;
  const keepSessionId = sessionId ?? undefined;
  yield* accounts.changeEmail({ userId, email, verified: true, client, keepSessionId })(tx);
  yield* offerUndo(environment, { tx, before: user, now: clock.now() });
}

function* offerUndo(
  { random, settings, baseUrl, mails, newId }: VerificationEnvironment,
  { tx, before, now }: { readonly tx: Transaction; readonly before: User; readonly now: Date },
): Script<void> {
  const { id: userId, email } = before;
  const { token, tokenHash: linkHash } = createToken(linkToken, random);
  const expiresAt = addSeconds(now, settings.undoSeconds);
  const link = `${baseUrl}${settings.undoPage}?token=${token}`;
  const days = Math.ceil(settings.undoSeconds / 86_400);
  const mail = { to: email, userId, idempotencyKey: newId(now), occurredAt: now, expiresAt };
  const none = { sealedCode: null, codeExpiresAt: null, challengeHash: null, challengeExpiresAt: null };
  const undo = insertVerification.with({
    ...none,
    linkHash,
    userId,
    purpose: "undo",
    email,
    canonical: readEmailAddress(email)!.canonical,
    attempts: 0,
    sent: 0,
    method: null,
    passed: [],
    sessionId: null,
    createdAt: now,
    expiresAt,
  });
  yield* tx.all([undo, mails.changed.queue({ ...mail, data: { link, days } })]);
}

function noAddress(): AuthError {
  return new AuthError("invalid_input", {
    message: "This is not an e-mail address",
    data: { issues: [{ path: "email", message: "Enter one e-mail address, like name@example.com" }] },
  });
}
