import { AuthError, implementRoute, type Route } from "../../../module.ts";
import { followLink } from "../attribution.ts";
import type { ReferralEnvironment } from "../referral-environment.ts";
import { isUuid } from "../referral-input.ts";
import type { ReferralCode, Referrals } from "../referrals-api.ts";
import {
  checkShape,
  codeInput,
  codeShape,
  codesShape,
  createCodeInput,
  rememberedShape,
  updateCodeInput,
} from "./referral-schemas.ts";

export function codeRoutes(environment: ReferralEnvironment, api: Referrals): readonly Route[] {
  return [...ownCodeRoutes(api), ...visitorRoutes(environment, api)];
}

function ownCodeRoutes(api: Referrals): readonly Route[] {
  return [
    implementRoute(
      {
        id: "referrals.listCodes",
        method: "GET",
        path: "/referrals/codes",
        summary: "The user's referral codes, newest first",
        credential: "session",
        input: null,
        status: 200,
        output: codesShape,
        errors: ["unauthenticated"],
      },
      async ({ current }) => ({ body: { codes: (await api.listCodes(current.user.id)).map(toBody) } }),
    ),
    implementRoute(
      {
        id: "referrals.createCode",
        method: "POST",
        path: "/referrals/codes",
        summary: "Make a referral code, of the user's choice or made up",
        credential: "session",
        input: createCodeInput,
        status: 201,
        output: codeShape,
        errors: [
          "unauthenticated",
          "invalid_input",
          "referrals.too_many_codes",
          "referrals.code_taken",
          "referrals.code_not_allowed",
        ],
      },
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
      {
        id: "referrals.updateCode",
        method: "PATCH",
        path: "/referrals/codes/:id",
        summary: "Pause or limit one of the user's referral codes",
        credential: "session",
        input: updateCodeInput,
        status: 200,
        output: codeShape,
        errors: ["unauthenticated", "invalid_input", "not_found"],
      },
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
    implementRoute(
      {
        id: "referrals.deactivateCode",
        method: "DELETE",
        path: "/referrals/codes/:id",
        summary: "Deactivate one of the user's referral codes for good",
        credential: "session",
        input: null,
        status: 204,
        output: null,
        errors: ["unauthenticated", "not_found"],
      },
      async ({ current, params }) => {
        const target = { userId: current.user.id, codeId: codeIdOf(params) };
        if (!(await api.deactivateCode(target))) throw noSuchCode();
        return { body: null };
      },
    ),
  ];
}

function visitorRoutes(environment: ReferralEnvironment, api: Referrals): readonly Route[] {
  return [
    implementRoute(
      {
        id: "referrals.checkCode",
        method: "POST",
        path: "/referrals/check",
        summary: "Whether a referral code can be used to sign up now",
        credential: "none",
        input: codeInput,
        status: 200,
        output: checkShape,
        errors: ["invalid_input"],
      },
      async ({ input }) => {
        const answer = await api.checkCode(input.code);
        return { body: { redeemable: answer.redeemed, reason: answer.redeemed ? null : answer.reason } };
      },
    ),
    implementRoute(
      {
        id: "referrals.followLink",
        method: "POST",
        path: "/referrals/follow",
        summary: "Remember the code of a followed link until the sign-up",
        credential: "none",
        input: codeInput,
        status: 200,
        output: rememberedShape,
        errors: ["invalid_input"],
      },
      async ({ input, context }) => {
        const cookie = context.cookies?.["referrals"] ?? null;
        const own = await followLink(environment, { code: input.code, cookie });
        const body = { remembered: own !== null };
        return own === null ? { body } : { body, cookies: { own } };
      },
    ),
  ];
}

function codeIdOf(params: Readonly<Record<string, string>>): string {
  const id = params["id"] ?? "";
  if (isUuid(id)) return id;
  throw noSuchCode();
}

function noSuchCode(): AuthError {
  return new AuthError("not_found", { message: "There is no such referral code." });
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
