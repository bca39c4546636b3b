import { AuthError, implementRoute, isPending, type ModuleContext, type Route } from "../../../module.ts";
import { ownerOf, type FactorKind, type TwoFactor } from "../two-factor-api.ts";
import { twoFactorContracts } from "./two-factor-contracts.ts";

type Context = Pick<ModuleContext, "answerSignIn" | "requireFresh">;

/** The second step of sign-ins, and what signed-in users do with their factors. */
export function twoFactorRoutes(context: Context, api: TwoFactor): readonly Route[] {
  return [...signInRoutes(context, api), ...factorRoutes(context, api), ...codeRoutes(context, api)];
}

function signInRoutes({ answerSignIn }: Context, api: TwoFactor): readonly Route[] {
  return [
    implementRoute(twoFactorContracts.answer, async (call) => {
      const { method, code, trustDevice = false, token } = call.input;
      const waiting = token ?? call.context.cookies?.["twoFactor"] ?? "";
      const result = await api.answer({ method, code, trustDevice, token: waiting }, call.context);
      const answer = await answerSignIn(call, result);
      // The browser's hold on the challenge is of no use any more.
      if (isPending(result) || token !== undefined) return answer;
      return { ...answer, cookies: { ...answer.cookies, own: "clear" as const } };
    }),
    implementRoute(twoFactorContracts.sendCode, async ({ input, context }) => {
      await api.sendCode({ token: input.token ?? context.cookies?.["twoFactor"] ?? "" }, context);
      return { body: null };
    }),
  ];
}

function factorRoutes({ requireFresh }: Context, api: TwoFactor): readonly Route[] {
  return [
    implementRoute(twoFactorContracts.status, async ({ current }) => {
      const { enabled, factors, recoveryCodesLeft } = await api.status(current.user.id);
      return { body: { enabled, factors: [...factors], recoveryCodesLeft } };
    }),
    implementRoute(twoFactorContracts.offerTotp, async ({ current }) => {
      requireFresh(current);
      return { body: await api.offerTotp(current.user.id) };
    }),
    implementRoute(twoFactorContracts.confirmTotp, async ({ current, input, context }) => {
      requireFresh(current);
      return { body: toChange(await api.confirmTotp(ownerOf(current.session), input.code, context)) };
    }),
    implementRoute(twoFactorContracts.enableEmail, async ({ current, context }) => {
      requireFresh(current);
      return { body: toChange(await api.enableEmail(ownerOf(current.session), context)) };
    }),
    implementRoute(twoFactorContracts.disable, async ({ current, params, input, context }) => {
      const factor = params["factor"] as FactorKind;
      if (factor !== "totp" && factor !== "email") {
        throw new AuthError("not_found", { message: "There is no such second factor." });
      }
      requireFresh(current);
      await api.disable(ownerOf(current.session), { factor, proof: input }, context);
      return { body: null };
    }),
  ];
}

function codeRoutes({ requireFresh }: Context, api: TwoFactor): readonly Route[] {
  return [
    implementRoute(twoFactorContracts.sendProofCode, async ({ current, context }) => {
      requireFresh(current);
      await api.sendProofCode(ownerOf(current.session), context);
      return { body: null };
    }),
    implementRoute(twoFactorContracts.renewRecoveryCodes, async ({ current, input, context }) => {
      requireFresh(current);
      const recoveryCodes = await api.renewRecoveryCodes(ownerOf(current.session), input, context);
      return { body: { recoveryCodes: [...recoveryCodes] } };
    }),
    implementRoute(twoFactorContracts.forgetDevices, async ({ current }) => ({
      body: { forgotten: await api.forgetDevices(current.user.id) },
    })),
  ];
}

function toChange({ recoveryCodes }: { readonly recoveryCodes: readonly string[] | null }) {
  return { recoveryCodes: recoveryCodes && [...recoveryCodes] };
}
