import { implementRoute, type Route } from "../../../module.ts";
import type { Referrals } from "../referrals-api.ts";
import { referralContracts } from "./referral-contracts.ts";

type Query = Readonly<Record<string, string>>;

export function reportRoutes(api: Referrals): readonly Route[] {
  return [...ownReportRoutes(api), ...leaderboardRoutes(api)];
}

function ownReportRoutes(api: Referrals): readonly Route[] {
  return [
    implementRoute(referralContracts.listReferrals, async ({ current, query }) => {
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
    }),
    implementRoute(referralContracts.listRewards, async ({ current, query }) => {
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
    }),
    implementRoute(referralContracts.stats, async ({ current, query }) => {
      const found = await api.stats(current.user.id, { ...programOf(query), ...numberOf(query, "days") });
      return { body: { ...found, balances: [...found.balances], daily: [...found.daily] } };
    }),
  ];
}

function leaderboardRoutes(api: Referrals): readonly Route[] {
  return [
    implementRoute(referralContracts.leaderboard, async ({ query }) => ({
      body: { leaders: [...(await api.leaderboard({ ...programOf(query), ...numberOf(query, "limit") }))] },
    })),
    implementRoute(referralContracts.getProfile, async ({ current, query }) => ({
      body: { ...(await api.getProfile(current.user.id, programOf(query))) },
    })),
    implementRoute(
      referralContracts.setProfile,
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
