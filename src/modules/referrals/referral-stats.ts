import { listProgramDays } from "./day-statements.ts";
import { findMember, listLeaders, setProfile as setProfileStatement } from "./member-statements.ts";
import { allDays, dayOf, openProgramOwner, programOwner } from "./referral-day.ts";
import type { ReferralEnvironment } from "./referral-environment.ts";
import { invalidInput, readWhole, requireProgram, requireUser, requireUuid } from "./referral-input.ts";
import type {
  DayCount,
  LeaderboardEntry,
  ReferralProfile,
  ReferralStats,
  Referrals,
} from "./referrals-api.ts";
import { listStats } from "./stats-statements.ts";

interface Period {
  readonly program?: string;
  readonly days?: number;
}

const dayMilliseconds = 86_400_000;
const maximumNameLength = 40;

/** See `Referrals.stats`: lookups by key, whatever the number of users. */
export async function stats(
  environment: ReferralEnvironment,
  { userId, period }: { readonly userId: string; readonly period: Period },
): Promise<ReferralStats> {
  const { database, settings } = environment;
  const id = requireUuid(userId, "userId");
  const { name: program } = requireProgram(settings, period.program);
  const days = lastDays(environment, period.days);
  const rows = await database.many(listStats, { program, owner: id, userId: id, since: days[0]! });
  const balances = rows.flatMap(
    ({ unit, day: _day, referrals: _referrals, qualified: _qualified, ...sums }) =>
      unit === null ? [] : [{ unit, ...sums }],
  );
  return {
    ...countsOf(days, rows),
    balances: balances.toSorted((one, other) => (one.unit < other.unit ? -1 : 1)),
  };
}

/** See `Referrals.programStats`. */
export async function programStats(
  environment: ReferralEnvironment,
  period: Period,
): Promise<Omit<ReferralStats, "balances">> {
  const { database, settings } = environment;
  const { name: program } = requireProgram(settings, period.program);
  const days = lastDays(environment, period.days);
  const owners = { owner: programOwner, openOwner: openProgramOwner };
  const rows = await database.many(listProgramDays, { program, ...owners, since: days[0]! });
  // What is open is in no total yet.
  const open = rows.filter((row) => row.open).map((row) => ({ ...row, day: allDays }));
  return countsOf(days, [...rows, ...open]);
}

/** See `Referrals.leaderboard`. Those with the same number share a rank. */
export async function leaderboard(
  { database, settings }: ReferralEnvironment,
  options: { readonly program?: string; readonly limit?: number },
): Promise<readonly LeaderboardEntry[]> {
  const { name: program } = requireProgram(settings, options.program);
  const limit = readWhole(options.limit ?? 10, { path: "limit", min: 1, max: 100 });
  const leaders = await database.many(listLeaders, { program, limit });
  return leaders.map(({ displayName, qualified }) => ({
    rank: leaders.findIndex((other) => other.qualified === qualified) + 1,
    displayName,
    qualified,
  }));
}

/** See `Referrals.getProfile`. */
export async function getProfile(
  { database, settings }: ReferralEnvironment,
  { userId, program: name }: { readonly userId: string; readonly program: string | undefined },
): Promise<ReferralProfile> {
  const { name: program } = requireProgram(settings, name);
  const member = await database.maybeOne(findMember, { program, userId: requireUuid(userId, "userId") });
  return { displayName: member?.displayName ?? null, listed: member?.listed ?? false };
}

/** See `Referrals.setProfile`. */
export async function setProfile(
  environment: ReferralEnvironment,
  { userId, profile }: { readonly userId: string; readonly profile: Parameters<Referrals["setProfile"]>[1] },
): Promise<void> {
  const { name: program } = requireProgram(environment.settings, profile.program);
  const displayName = readDisplayName(profile.displayName);
  if (typeof profile.listed !== "boolean") throw invalidInput("listed", "must be true or false");
  if (profile.listed && displayName === null) {
    throw invalidInput("displayName", "is what the leaderboard shows; it must be given to be listed");
  }
  const { listed } = profile;
  await environment.database.transaction(function* (tx) {
    yield* requireUser(tx, userId);
    const counters = { referrals: 0, qualified: 0, rewards: 0 };
    yield* tx.run(setProfileStatement, { program, userId, displayName, listed, ...counters });
  });
}

function readDisplayName(name: string | null): string | null {
  if (name === null) return null;
  const text = typeof name === "string" ? name.normalize("NFC").trim() : "";
  if (text !== "" && text.length <= maximumNameLength && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text)) return text;
  throw invalidInput(
    "displayName",
    `must be a text of 1 to ${String(maximumNameLength)} characters, or null`,
  );
}

function lastDays({ clock }: ReferralEnvironment, count = 30): readonly string[] {
  const days = readWhole(count, { path: "days", min: 1, max: 366 });
  const today = clock.now().getTime();
  return Array.from({ length: days }, (_, i) => dayOf(new Date(today - (days - 1 - i) * dayMilliseconds)));
}

function countsOf(
  days: readonly string[],
  rows: readonly (Omit<DayCount, "day"> & { readonly day: string | null })[],
): Pick<ReferralStats, "referrals" | "qualified" | "daily"> {
  const counts = new Map<string | null, Omit<DayCount, "day">>();
  const of = (day: string | null) => counts.get(day) ?? { referrals: 0, qualified: 0 };
  for (const { day, referrals, qualified } of rows) {
    const sum = of(day);
    counts.set(day, { referrals: sum.referrals + referrals, qualified: sum.qualified + qualified });
  }
  return { ...of(allDays), daily: days.map((day) => ({ day, ...of(day) })) };
}
