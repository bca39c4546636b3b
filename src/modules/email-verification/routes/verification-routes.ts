import {
  AuthError,
  implementRoute,
  isAuthError,
  type ModuleContext,
  type RequestContext,
  type Route,
} from "../../../module.ts";
import { ownerOf, type EmailVerification, type VerificationTarget } from "../verification-api.ts";
import { verificationContracts } from "./verification-contracts.ts";

type Context = Pick<ModuleContext, "accounts" | "answerSignIn" | "requireFresh">;

/** Confirming addresses, for sign-ins that wait and for users who are signed in. */
export function verificationRoutes(context: Context, api: EmailVerification): readonly Route[] {
  return [...confirmingRoutes(context, api), ...changingRoutes(context, api)];
}

function confirmingRoutes({ accounts, answerSignIn }: Context, api: EmailVerification): readonly Route[] {
  return [
    implementRoute(verificationContracts.confirm, async (call) => {
      const { token, code, pendingToken } = call.input;
      const { context } = call;
      if ((token === undefined) === (code === undefined)) throw eitherOr();
      const { signedIn } =
        token === undefined
          ? await forWhomItIs(accounts, call, (target) => api.confirm({ ...target, code: code! }, context))
          : await api.confirm({ token, pendingToken: pendingToken ?? heldBy(context) }, context);
      if (signedIn === null) return { body: { verified: true as const } };
      const answer = await answerSignIn(call, signedIn);
      const body = { ...(answer.body as object), verified: true as const };
      // The browser's hold on the sign-in is of no use any more.
      const own = pendingToken === undefined ? { own: "clear" as const } : {};
      return { body, cookies: { ...answer.cookies, ...own } };
    }),
    implementRoute(verificationContracts.send, async (call) => {
      await forWhomItIs(accounts, call, (target) => api.send(target, call.context));
      return { body: null };
    }),
  ];
}

function changingRoutes({ requireFresh }: Context, api: EmailVerification): readonly Route[] {
  return [
    implementRoute(verificationContracts.change, async ({ current, input: { email }, context }) => {
      requireFresh(current);
      await api.requestChange(ownerOf(current.session), { email }, context);
      return { body: { accepted: true as const } };
    }),
    implementRoute(verificationContracts.undo, async ({ input: { token }, context }) => {
      await api.undoChange({ token }, context);
      return { body: null };
    }),
  ];
}

interface Call {
  readonly input: { readonly pendingToken?: string | undefined };
  readonly token: string | null;
  readonly context: RequestContext;
}

/** A sign-in that waits comes first: the session may be of another account, and the cookie of a sign-in that is over. */
async function forWhomItIs<T>(
  { findSession }: Context["accounts"],
  { input, token, context }: Call,
  run: (target: VerificationTarget) => Promise<T>,
): Promise<T> {
  const pendingToken = input.pendingToken ?? heldBy(context);
  const current = token === null || input.pendingToken !== undefined ? null : await findSession(token);
  if (current === null) return run({ pendingToken: pendingToken ?? "" });
  const { userId } = current.session;
  if (pendingToken === undefined) return run({ userId });
  try {
    return await run({ pendingToken });
  } catch (error) {
    if (!isAuthError(error, "emailVerification.challenge_gone")) throw error;
    return run({ userId });
  }
}

function heldBy({ cookies }: RequestContext): string | undefined {
  return cookies?.["emailVerification"];
}

function eitherOr(): AuthError {
  const message = "Give either a token or a code";
  return new AuthError("invalid_input", {
    message: "The input is not valid.",
    data: { issues: [{ path: "code", message }] },
  });
}
