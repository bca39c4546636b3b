import type { RouteAnswer, RouteCall } from "../../contract/route.ts";
import { isPending, type PendingSignIn } from "../../core/pending.ts";
import type { NewSession } from "../../core/session.ts";
import { toPendingBody, toSessionBody, toUserBody, type SignedInBody } from "../routes/shapes.ts";

type Call = Pick<RouteCall, "token" | "carrier"> & { readonly input?: unknown };

/**
 * Hands the tokens over the way the input asks for: in cookies, or with `tokenDelivery: "body"` in the body.
 * `end` ends the session that a browser loses its only hold on (ASVS 7.2.4).
 */
export async function answerSignIn(
  call: Call,
  result: NewSession | PendingSignIn,
  end: (token: string) => Promise<unknown>,
): Promise<RouteAnswer<SignedInBody>> {
  const inBody = wantsBody(call.input);
  if (isPending(result)) {
    const { step, token, expiresAt } = result.pending;
    if (inBody) return { body: { pending: { ...toPendingBody(result), token } } };
    return { body: { pending: toPendingBody(result) }, cookies: { pending: { step, token, expiresAt } } };
  }
  const body = { user: toUserBody(result.user), session: toSessionBody(result.session) };
  if (inBody) return { body: { ...body, token: result.token, deviceToken: result.deviceToken } };
  if (call.carrier === "cookie" && call.token !== null) await end(call.token);
  const session = { token: result.token, expiresAt: result.session.absoluteExpiresAt };
  return { body, cookies: { session, device: result.deviceToken } };
}

function wantsBody(input: unknown): boolean {
  return (
    typeof input === "object" && input !== null && "tokenDelivery" in input && input.tokenDelivery === "body"
  );
}
