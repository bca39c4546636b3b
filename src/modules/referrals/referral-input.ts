import { AuthError, isUuid, type Script, type Transaction } from "../../module.ts";
import { holdUser } from "./code-statements.ts";
import type { ProgramSettings, ReferralSettings } from "./referral-settings.ts";
import type { PageOptions } from "./referrals-api.ts";

export function invalidInput(path: string, message: string): AuthError {
  return new AuthError("invalid_input", {
    message: `${path} is not valid`,
    data: { issues: [{ path, message }] },
  });
}

export function requireUuid(value: unknown, path: string): string {
  if (isUuid(value)) return value;
  throw invalidInput(path, "must be an id");
}

/** Holds a user, so that nothing is written for one who goes at the same moment. @throws AuthError `not_found` */
export function* requireUser(tx: Transaction, userId: string): Script<void> {
  const user = isUuid(userId) ? yield* tx.maybeOne(holdUser, { id: userId }) : null;
  if (user === null) throw new AuthError("not_found", { message: "There is no such user" });
}

export function requireProgram(
  { programs, defaultProgram }: ReferralSettings,
  name: string | undefined,
): ProgramSettings {
  const program = programs.get(name ?? defaultProgram);
  if (program !== undefined) return program;
  throw invalidInput("program", `must be one of: ${[...programs.keys()].join(", ")}`);
}

const firstId = "00000000-0000-0000-0000-000000000000";
const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** A page of newest-first or oldest-first ids. */
export function readPage(
  { limit = 50, after }: PageOptions,
  order: "newest" | "oldest",
): { readonly limit: number; readonly from: string } {
  return {
    limit: readWhole(limit, { path: "limit", min: 1, max: 100 }),
    from: after === undefined ? (order === "newest" ? lastId : firstId) : requireUuid(after, "after"),
  };
}

export function readWhole(
  value: number,
  { path, min, max }: { readonly path: string; readonly min: number; readonly max: number },
): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidInput(path, `must be a whole number from ${String(min)} to ${String(max)}`);
}

const maximumReasonLength = 500;

export function readReason(reason: string | undefined): string | null {
  if (reason === undefined) return null;
  const text = typeof reason === "string" ? reason.replace(/\p{Cc}/gu, " ").trim() : "";
  if (text !== "" && text.length <= maximumReasonLength) return text;
  throw invalidInput("reason", `must be a text of 1 to ${String(maximumReasonLength)} characters`);
}
