import { AuthError, addSeconds, type RowOf, type TransactionScript } from "../../module.ts";
import { countCodesOfUser, insertCode, listCodesOfUser, lockCode, updateCode } from "./code-statements.ts";
import { refusalOf } from "./find-invitation.ts";
import { codeProblem, makeCode, normaliseCode } from "./referral-code.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import { invalidInput, requireProgram, requireUser, requireUuid } from "./referral-input.ts";
import type { ReferralSettings } from "./referral-settings.ts";
import type { CreateCodeInput, ReferralCode, UpdateCodeInput } from "./referrals-api.ts";

/** Codes made up beforehand; each try that collides takes one that is longer by a character. */
const candidates = 8;

type CodeRow = RowOf<typeof insertCode>;

export async function createCode(
  environment: ReferralEnvironment,
  input: CreateCodeInput,
): Promise<ReferralCode> {
  const { database, settings, clock, newId } = environment;
  const { userId } = input;
  const { name: program } = requireProgram(settings, input.program);
  const codes = codesToTry(environment, input.code);
  const now = clock.now();
  const { maxUses = settings.defaultMaxUses, expiresAt = defaultExpiry(settings, now) } = input;
  const limits = readLimits({ maxUses, expiresAt }, now);
  const ids = codes.map(() => newId(now));
  const script: TransactionScript<CodeRow> = function* (tx) {
    yield* requireUser(tx, userId);
    const { count } = yield* tx.one(countCodesOfUser, { ownerId: userId });
    if (count >= settings.maxCodesPerUser) throw tooManyCodes(settings.maxCodesPerUser);
    for (const [i, code] of codes.entries()) {
      const made = yield* tx.maybeOne(insertCode, {
        id: ids[i]!,
        program,
        ownerId: userId,
        code,
        codeKey: normaliseCode(code),
        custom: input.code !== undefined,
        ...limits,
        uses: 0,
        createdAt: now,
        updatedAt: now,
      });
      if (made !== null) return made;
    }
    throw new AuthError("referrals.code_taken", { message: "Somebody has this referral code already" });
  };
  return toCode(await database.transaction(script), { settings, now });
}

export async function listCodes(
  { database, settings, clock }: ReferralEnvironment,
  userId: string,
): Promise<readonly ReferralCode[]> {
  const rows = await database.many(listCodesOfUser, { ownerId: requireUuid(userId, "userId") });
  return rows.map((row) => toCode(row, { settings, now: clock.now() }));
}

/** Changes what the input names; a deactivated code stays deactivated. */
export async function changeCode(
  { database, settings, clock }: ReferralEnvironment,
  { input, deactivate = false }: { readonly input: UpdateCodeInput; readonly deactivate?: boolean },
): Promise<ReferralCode> {
  const { paused } = input;
  const target = { id: requireUuid(input.codeId, "codeId"), ownerId: requireUuid(input.userId, "userId") };
  const now = clock.now();
  const given = readLimits(input, now);
  if (paused !== undefined && typeof paused !== "boolean") {
    throw invalidInput("paused", "must be true or false");
  }
  const changed = await database.transaction(function* (tx) {
    const code = yield* tx.maybeOne(lockCode, target);
    if (code === null) throw new AuthError("not_found", { message: "There is no such referral code" });
    const maxUses = given.maxUses === undefined ? code.maxUses : given.maxUses;
    if (maxUses !== null && maxUses < code.uses) {
      throw invalidInput("maxUses", `must be at least ${String(code.uses)}, how often it was used`);
    }
    return yield* tx.one(updateCode, {
      id: code.id,
      maxUses,
      expiresAt: given.expiresAt === undefined ? code.expiresAt : given.expiresAt,
      pausedAt: paused === undefined ? code.pausedAt : paused ? (code.pausedAt ?? now) : null,
      deactivatedAt: deactivate ? (code.deactivatedAt ?? now) : code.deactivatedAt,
      updatedAt: now,
    });
  });
  return toCode(changed, { settings, now });
}

function codesToTry(
  { settings, random }: ReferralEnvironment,
  chosen: string | undefined,
): readonly string[] {
  const { codeLength, codePrefix: prefix } = settings;
  if (chosen === undefined) {
    return Array.from({ length: candidates }, (_, i) => makeCode(random, { length: codeLength + i, prefix }));
  }
  if (!settings.allowCustomCodes) throw notAllowed("Referral codes are made up here, not chosen");
  const problem = typeof chosen === "string" ? codeProblem(chosen, settings) : "malformed";
  if (problem === "malformed") throw invalidInput("code", "must be 4 to 32 letters, digits and dashes");
  if (problem === "not_allowed") throw notAllowed("This referral code is not allowed");
  return [chosen];
}

interface Limits {
  readonly maxUses?: number | null;
  readonly expiresAt?: Date | null;
}

function readLimits<L extends Limits>(
  { maxUses, expiresAt }: L,
  now: Date,
): Pick<Required<L>, "maxUses" | "expiresAt"> {
  if (
    maxUses !== undefined &&
    maxUses !== null &&
    !(Number.isInteger(maxUses) && maxUses >= 1 && maxUses < 2 ** 31)
  ) {
    throw invalidInput("maxUses", "must be a whole number from 1, or null");
  }
  if (expiresAt !== undefined && expiresAt !== null && !isFuture(expiresAt, now)) {
    throw invalidInput("expiresAt", "must be in the future, before the year 10000, or null");
  }
  return { maxUses, expiresAt } as Pick<Required<L>, "maxUses" | "expiresAt">;
}

/** Beyond, ISO 8601 needs an agreement on more digits, and PostgreSQL reads none. */
const yearTenThousand = Date.UTC(10_000, 0);

function isFuture(moment: Date, now: Date): boolean {
  return moment instanceof Date && moment > now && moment.getTime() < yearTenThousand;
}

function defaultExpiry({ defaultExpiresInSeconds: seconds }: ReferralSettings, now: Date): Date | null {
  return seconds === null ? null : addSeconds(now, seconds);
}

function toCode(
  row: CodeRow,
  { settings, now }: { readonly settings: ReferralSettings; readonly now: Date },
): ReferralCode {
  const { id, program, code, custom, uses, maxUses, expiresAt, createdAt } = row;
  return {
    id,
    program,
    code,
    custom,
    uses,
    maxUses,
    status: statusOf(row, now),
    expiresAt,
    createdAt,
    shareUrl: shareUrlOf(settings, code),
  };
}

function statusOf(row: CodeRow, now: Date): ReferralCode["status"] {
  if (row.deactivatedAt !== null) return "deactivated";
  if (row.pausedAt !== null) return "paused";
  const refusal = refusalOf(row, now);
  return refusal === "code_expired" ? "expired" : refusal === null ? "active" : "used_up";
}

/** The link to share: the address of the option `shareUrl`, its own parameters kept, with the code as `ref`. */
function shareUrlOf({ shareUrl }: ReferralSettings, code: string): string | null {
  if (shareUrl === null) return null;
  const url = new URL(shareUrl);
  url.searchParams.set("ref", code);
  return url.href;
}

function tooManyCodes(limit: number): AuthError {
  return new AuthError("referrals.too_many_codes", {
    message: `A user can have ${String(limit)} referral codes; deactivate one first`,
    data: { limit },
  });
}

function notAllowed(message: string): AuthError {
  return new AuthError("referrals.code_not_allowed", { message });
}
