import { AuthError, implementRoute, isUuid, type Route } from "../../../module.ts";
import { announceCheck } from "../announce-check.ts";
import { followLink } from "../attribution.ts";
import type { ReferralEnvironment } from "../referral-environment.ts";
import type { ReferralCode, Referrals } from "../referrals-api.ts";
import { referralContracts } from "./referral-contracts.ts";

export function codeRoutes(environment: ReferralEnvironment, api: Referrals): readonly Route[] {
  return [...ownCodeRoutes(api), ...visitorRoutes(environment, api)];
}

function ownCodeRoutes(api: Referrals): readonly Route[] {
  return [
    implementRoute(referralContracts.listCodes, async ({ current }) => ({
      body: { codes: (await api.listCodes(current.user.id)).map(toBody) },
    })),
    implementRoute(
      referralContracts.createCode,
      async ({ current, input: { program, code, maxUses, expiresAt } }) => {
        const made = await api.createCode({
          userId: current.user.id,
          ...(program !== undefined && { program }),
          ...(code !== undefined && { code }),
          ...(maxUses !== undefined && { maxUses }),
          ...(expiresAt !== undefined && { expiresAt: toDate(expiresAt) }),
        });
        return { body: toBody(made) };
      },
    ),
    implementRoute(
      referralContracts.updateCode,
      async ({ current, params, input: { maxUses, expiresAt, paused } }) => {
        const changed = await api.updateCode({
          userId: current.user.id,
          codeId: codeIdOf(params),
          ...(maxUses !== undefined && { maxUses }),
          ...(expiresAt !== undefined && { expiresAt: toDate(expiresAt) }),
          ...(paused !== undefined && { paused }),
        });
        return { body: toBody(changed) };
      },
    ),
    implementRoute(referralContracts.deactivateCode, async ({ current, params }) => {
      const target = { userId: current.user.id, codeId: codeIdOf(params) };
      if (!(await api.deactivateCode(target))) throw noSuchCode();
      return { body: null };
    }),
  ];
}

function visitorRoutes(environment: ReferralEnvironment, api: Referrals): readonly Route[] {
  return [
    implementRoute(referralContracts.checkCode, async ({ input, context }) => {
      const answer = await api.checkCode(input.code, context);
      return { body: { redeemable: answer.redeemed, reason: answer.redeemed ? null : answer.reason } };
    }),
    implementRoute(referralContracts.followLink, async ({ input, context }) => {
      await announceCheck(environment, context);
      const cookie = context.cookies?.["referrals"] ?? null;
      const own = await followLink(environment, { code: input.code, cookie });
      const body = { remembered: own !== null };
      return own === null ? { body } : { body, cookies: { own } };
    }),
  ];
}

function codeIdOf(params: Readonly<Record<string, string>>): string {
  const id = params["id"] ?? "";
  if (isUuid(id)) return id;
  throw noSuchCode();
}

function noSuchCode(): AuthError {
  return new AuthError("not_found", { message: "There is no such referral code" });
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function toBody(code: ReferralCode) {
  const { expiresAt, createdAt, ...rest } = code;
  return {
    ...rest,
    expiresAt: expiresAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
