import { implementRoute, type Route } from "../../../module.ts";
import type { Referrals } from "../referrals-api.ts";
import {
  leaderboardShape,
  profileInput,
  referralsShape,
  rewardsShape,
  statsShape,
} from "./referral-schemas.ts";

type Query = Readonly<Record<string, string>>;

export function reportRoutes(api: Referrals): readonly Route[] {
  return [...ownReportRoutes(api), ...leaderboardRoutes(api)];
}

function ownReportRoutes(api: Referrals): readonly Route[] {
  const own = { method: "GET", credential: "session", input: null, status: 200 } as const;
  return [
    implementRoute(
      {
        ...own,
        id: "referrals.listReferrals",
        path: "/referrals/referrals",
        summary: "Whom the user brought in, newest first, without names",
        output: referralsShape,
        errors: ["unauthenticated", "invalid_input"],
      },
      async ({ current, query }) => {
        const found = await api.listReferrals(current.user.id, pageOf(query));
        return {
          body: {
            referrals: found.map((referral) => ({
              ...referral,
              createdAt: referral.createdAt.toISOString(),
              qualifiedAt: referral.qualifiedAt?.toISOString() ?? null,
            })),
          },
        };
      },
    ),
    implementRoute(
      {
        ...own,
        id: "referrals.listRewards",
        path: "/referrals/rewards",
        summary: "The user's rewards, newest first",
        output: rewardsShape,
        errors: ["unauthenticated", "invalid_input"],
      },
      async ({ current, query }) => {
        const rewards = await api.listRewards(current.user.id, pageOf(query));
        return {
          body: {
            rewards: rewards.map((reward) => ({
              ...reward,
              availableAt: reward.availableAt?.toISOString() ?? null,
              createdAt: reward.createdAt.toISOString(),
            })),
          },
        };
      },
    ),
    implementRoute(
      {
        ...own,
        id: "referrals.stats",
        path: "/referrals/stats",
        summary: "The user's totals, balances and daily series",
        output: statsShape,
        errors: ["unauthenticated", "invalid_input"],
      },
      async ({ current, query }) => {
        const found = await api.stats(current.user.id, { ...programOf(query), ...numberOf(query, "days") });
        return { body: { ...found, balances: [...found.balances], daily: [...found.daily] } };
      },
    ),
  ];
}

function leaderboardRoutes(api: Referrals): readonly Route[] {
  return [
    implementRoute(
      {
        id: "referrals.leaderboard",
        method: "GET",
        path: "/referrals/leaderboard",
        summary: "The most successful of those who chose to be listed",
        credential: "none",
        input: null,
        status: 200,
        output: leaderboardShape,
        errors: ["invalid_input"],
      },
      async ({ query }) => ({
        body: { leaders: [...(await api.leaderboard({ ...programOf(query), ...numberOf(query, "limit") }))] },
      }),
    ),
    implementRoute(
      {
        id: "referrals.setProfile",
        method: "PUT",
        path: "/referrals/profile",
        summary: "Choose whether and under what name to be on the leaderboard",
        credential: "session",
        input: profileInput,
        status: 204,
        output: null,
        errors: ["unauthenticated", "invalid_input"],
      },
      async ({ current, input: { displayName, listed, program } }) => {
        const profile = { displayName, listed, ...(program !== undefined && { program }) };
        await api.setProfile(current.user.id, profile);
        return { body: null };
      },
    ),
  ];
}

function pageOf(query: Query): { readonly limit?: number; readonly after?: string } {
  const after = query["after"];
  return { ...numberOf(query, "limit"), ...(after !== undefined && { after }) };
}

function programOf({ program }: Query): { readonly program?: string } {
  return program === undefined ? {} : { program };
}

/** As it was sent: what is no number is refused by the operation, by name. */
function numberOf<K extends string>(query: Query, key: K): { readonly [N in K]?: number } {
  const text = query[key];
  const found = text === undefined ? {} : { [key]: /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN };
  return found as { readonly [N in K]?: number };
}
