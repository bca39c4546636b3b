import {
  AuthError,
  readClientDetails,
  type ClientDetails,
  type RequestContext,
  type Script,
  type Transaction,
  type User,
} from "../../module.ts";
import { proofHashOf } from "./email-codes.ts";
import { createRecoveryCode, hashRecoveryCode } from "./recovery-code.ts";
import { encodeBase32, keyUri, matchCode } from "./totp.ts";
import type { CodeProof, FactorChange, FactorKind, FactorOwner, TotpOffer } from "./two-factor-api.ts";
import {
  codeWrong,
  notEnabled,
  type NoticeMail,
  type TwoFactorEnvironment,
} from "./two-factor-environment.ts";
import { noticeTo } from "./two-factor-mails.ts";
import {
  clearCodeAttempts,
  confirmTotp as confirmTotpRow,
  deleteFactor,
  deleteRecoveryCodes,
  deleteTrustedDevices,
  findChallenge,
  findTotp,
  insertEmailFactor,
  insertRecoveryCode,
  listFactors,
  offerTotp as offerTotpRow,
  reserveCode,
  takeChallenge,
} from "./two-factor-statements.ts";
import { countingOf, placeOf, verifyCode, type UseCode } from "./verify-code.ts";

/** RFC 4226 section 4: 160 bits, as long as the digest. */
const secretBytes = 20;

/** Somebody signed in who changes the factors, and from where. */
export interface FactorChanger {
  readonly owner: FactorOwner;
  readonly context: RequestContext | undefined;
}

/** @throws AuthError `twoFactor.already_enabled`, `not_found` */
export async function offerTotp(environment: TwoFactorEnvironment, userId: string): Promise<TotpOffer> {
  const { database, clock, random, secrets, settings, accounts } = environment;
  const secret = new Uint8Array(secretBytes);
  random(secret);
  const text = Buffer.from(secret).toString("base64url");
  const sealedSecret = secrets.seal(text, placeOf("totp", userId));
  const row = { userId, kind: "totp", sealedSecret, createdAt: clock.now() };
  const user = await database.transaction(function* (tx) {
    const held = yield* accounts.hold(userId)(tx);
    if (held === null) throw new AuthError("not_found", { message: "There is no such user" });
    if ((yield* tx.maybeOne(offerTotpRow, row)) === null) throw alreadyEnabled();
    return held;
  });
  const uri = keyUri({ issuer: settings.issuer, account: user.email, secret });
  return { secret: encodeBase32(secret), uri };
}

/** @throws AuthError `twoFactor.code_wrong`, `twoFactor.not_offered`, `too_many_requests` */
export async function confirmTotp(
  environment: TwoFactorEnvironment,
  { owner, code, context }: FactorChanger & { readonly code: string },
): Promise<FactorChange> {
  const { database, clock, secrets, settings } = environment;
  const { userId } = owner;
  const offer = await database.maybeOne(findTotp, { userId });
  const sealedSecret = offer?.sealedSecret ?? null;
  if (sealedSecret === null || offer?.confirmedAt !== null) throw notOffered();
  await countProof(environment, userId);
  const secret = secrets.open(sealedSecret, placeOf("totp", userId));
  if (secret === null) throw notOffered();
  const now = clock.now();
  const given = { code: code.replaceAll(/\s/g, ""), now, window: settings.window };
  const step = matchCode(Buffer.from(secret, "base64url"), given);
  if (step === null) throw codeWrong();
  return addFactor(environment, {
    owner,
    context,
    factor: "totp",
    *add(tx) {
      const row = { userId, sealedSecret, step, now };
      if ((yield* tx.maybeOne(confirmTotpRow, row)) === null) throw notOffered();
      yield* tx.run(clearCodeAttempts, { userId });
    },
  });
}

/** @throws AuthError `twoFactor.already_enabled`, `twoFactor.email_unverified`, `twoFactor.not_enabled` where no mail is sent */
export async function enableEmail(
  environment: TwoFactorEnvironment,
  changer: FactorChanger,
): Promise<FactorChange> {
  if (environment.mails === null) throw notEnabled();
  const { userId } = changer.owner;
  const now = environment.clock.now();
  return addFactor(environment, {
    ...changer,
    factor: "email",
    *add(tx, user) {
      if (user.emailVerifiedAt === null) {
        throw new AuthError("twoFactor.email_unverified", { message: "Verify the e-mail address first." });
      }
      const row = { userId, kind: "email", confirmedAt: now, createdAt: now };
      if ((yield* tx.maybeOne(insertEmailFactor, row)) === null) throw alreadyEnabled();
    },
  });
}

interface Addition extends FactorChanger {
  readonly factor: FactorKind;
  add(tx: Transaction, user: User): Script<void>;
}

/** The first factor brings recovery codes, and every other session ends: it was opened by less. */
async function addFactor(environment: TwoFactorEnvironment, addition: Addition): Promise<FactorChange> {
  const { owner, factor } = addition;
  const { userId } = owner;
  const change = { ...addition, type: "twoFactor.enabled", notice: "enabled", data: { factor } } as const;
  return changeFactors(environment, change, function* (tx, user) {
    const before = yield* tx.many(listFactors, { userId });
    yield* addition.add(tx, user);
    return { recoveryCodes: before.length > 0 ? null : yield* renewCodes(environment, { tx, userId }) };
  });
}

/** @throws AuthError `twoFactor.code_wrong`, `twoFactor.not_enabled`, `too_many_requests` */
export async function disableFactor(
  environment: TwoFactorEnvironment,
  { factor, proof, ...changer }: FactorChanger & { readonly factor: FactorKind; readonly proof: CodeProof },
): Promise<void> {
  const { userId } = changer.owner;
  const useProof = await verifyProof(environment, { ...changer, proof });
  const change = { ...changer, type: "twoFactor.disabled", notice: "disabled", data: { factor } } as const;
  await changeFactors(environment, change, function* (tx) {
    yield* useProof()(tx);
    if ((yield* tx.maybeOne(deleteFactor, { userId, kind: factor })) === null) throw notEnabled();
    if ((yield* tx.many(listFactors, { userId })).length > 0) return;
    // Nothing is left that they would stand in for.
    yield* tx.all([deleteRecoveryCodes.with({ userId }), deleteTrustedDevices.with({ userId })]);
  });
}

/** @throws AuthError `twoFactor.code_wrong`, `twoFactor.not_enabled`, `too_many_requests` */
export async function renewRecoveryCodes(
  environment: TwoFactorEnvironment,
  { proof, ...changer }: FactorChanger & { readonly proof: CodeProof },
): Promise<readonly string[]> {
  const { userId } = changer.owner;
  const useProof = await verifyProof(environment, { ...changer, proof });
  const type = "twoFactor.recovery_codes_renewed";
  const change = { ...changer, type, notice: "recoveryCodesRenewed", data: {} } as const;
  return changeFactors(environment, change, function* (tx) {
    yield* useProof()(tx);
    return yield* renewCodes(environment, { tx, userId });
  });
}

interface Change extends FactorChanger {
  readonly type: string;
  readonly notice: NoticeMail["change"];
  readonly data: Readonly<Record<string, string>>;
}

/** A change, its event, its notice and the end of every other session, in one transaction. */
function changeFactors<T>(
  environment: TwoFactorEnvironment,
  { owner, context, type, notice, data }: Change,
  work: (tx: Transaction, user: User) => Script<T>,
): Promise<T> {
  const { database, clock, accounts, recordEvent } = environment;
  const { userId, sessionId } = owner;
  const client: ClientDetails = readClientDetails(context);
  return database.transaction(function* (tx) {
    const user = yield* accounts.hold(userId)(tx);
    if (user === null) throw new AuthError("not_found", { message: "There is no such user" });
    const result = yield* work(tx, user);
    const now = clock.now();
    yield* tx.all([recordEvent({ type, userId, occurredAt: now, client, sessionId, data })]);
    yield* accounts.endSessions({ userId, client, keepSessionId: sessionId })(tx);
    yield* noticeTo(environment, { tx, user, change: notice, now });
    return result;
  });
}

/** A proof by somebody signed in: a code of a factor that is on, or a recovery code. */
async function verifyProof(
  environment: TwoFactorEnvironment,
  { owner, proof, context }: FactorChanger & { readonly proof: CodeProof },
): Promise<UseCode> {
  const { database, clock } = environment;
  const { userId } = owner;
  const client = readClientDetails(context);
  await environment.attempt({ action: "twoFactor.prove", client, account: userId });
  if ((await database.many(listFactors, { userId })).length === 0) throw notEnabled();
  if (proof.method !== "email") return verifyCode(environment, { userId, proof, challenge: null });
  const tokenHash = proofHashOf(owner);
  const found = await database.maybeOne(findChallenge, { tokenHash, now: clock.now() });
  if (found === null) throw codeWrong();
  const useCode = await verifyCode(environment, { userId, proof, challenge: { ...found, tokenHash } });
  return () =>
    function* (tx) {
      if ((yield* tx.maybeOne(takeChallenge, { tokenHash, now: clock.now() })) === null) throw codeWrong();
      yield* useCode()(tx);
    };
}

/** Counts a code that is given for a secret which is not in use yet. */
async function countProof(
  { database, clock, settings }: TwoFactorEnvironment,
  userId: string,
): Promise<void> {
  const now = clock.now();
  const counting = countingOf(settings, { userId, now });
  if ((await database.maybeOne(reserveCode, counting)) !== null) return;
  throw new AuthError("too_many_requests", {
    message: "Too many wrong codes; wait before trying again.",
    data: { retryAfterSeconds: settings.restSeconds },
  });
}

function* renewCodes(
  { clock, random, settings }: TwoFactorEnvironment,
  { tx, userId }: { readonly tx: Transaction; readonly userId: string },
): Script<readonly string[]> {
  const createdAt = clock.now();
  const codes = Array.from({ length: settings.recoveryCodes }, () => createRecoveryCode(random));
  yield* tx.many(deleteRecoveryCodes, { userId });
  yield* tx.all(
    codes.map((code) => insertRecoveryCode.with({ codeHash: hashRecoveryCode(code)!, userId, createdAt })),
  );
  return codes;
}

function alreadyEnabled(): AuthError {
  return new AuthError("twoFactor.already_enabled", { message: "The user has this factor already." });
}

function notOffered(): AuthError {
  return new AuthError("twoFactor.not_offered", { message: "Ask for a secret first." });
}
