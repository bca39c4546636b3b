import {
  addSeconds,
  createToken,
  hashToken,
  parseToken,
  type ModuleCookie,
  type RequestContext,
} from "../../module.ts";
import type { OAuthEnvironment } from "./oauth-environment.ts";
import type { OAuthProvider } from "./protocol/provider.ts";
import { insertState, takeState } from "./state-statements.ts";

/** Long enough for a password and a second factor at the provider, and short of what anybody could do with it later. */
const lifetimeSeconds = 10 * 60;

/** What is known of a way to a provider when somebody comes back. */
export interface Flow {
  readonly verifier: string;
  readonly nonce: string;
  readonly redirectTo: string;
  /** The sign-up fields of other modules, if it comes to a sign-up. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whose account is to be linked, and in which session that was said; `null` to sign in. */
  readonly link: { readonly userId: string; readonly sessionId: string } | null;
}

/**
 * Writes a way down, before the browser leaves. All of it is of use only to the browser that holds the cookie, which
 * several ways at once share.
 */
export async function openFlow(
  { database, clock, random, sealer }: OAuthEnvironment,
  {
    provider,
    flow,
    context,
  }: {
    readonly provider: OAuthProvider;
    readonly flow: Flow;
    readonly context: RequestContext;
  },
): Promise<{ readonly state: string; readonly cookie: ModuleCookie }> {
  const { token: state, tokenHash: stateHash } = createToken("oauth.state", random);
  const browser = parseToken(context.cookies?.["oauth"]) ?? createToken("oauth.browser", random).token;
  await database.run(insertState, {
    stateHash,
    browserHash: hashToken("oauth.browser", browser),
    provider: provider.id,
    sealed: sealer("flow").seal(JSON.stringify(flow), placeOf(stateHash)),
    expiresAt: addSeconds(clock.now(), lifetimeSeconds),
  });
  // However strict our cookies are: it is another site that leads the browser back.
  return { state, cookie: { value: browser, maxAgeSeconds: lifetimeSeconds, sameSite: "lax" } };
}

/** Uses a state up; `null` if it is none, another browser's or provider's, too old, or used. */
export async function takeFlow(
  { database, clock, sealer }: OAuthEnvironment,
  {
    provider,
    state,
    context,
  }: {
    readonly provider: OAuthProvider;
    readonly state: string | undefined;
    readonly context: RequestContext;
  },
): Promise<Flow | null> {
  const [token, browser] = [parseToken(state), parseToken(context.cookies?.["oauth"])];
  if (token === null || browser === null) return null;
  const stateHash = hashToken("oauth.state", token);
  const row = await database.maybeOne(takeState, {
    stateHash,
    browserHash: hashToken("oauth.browser", browser),
    provider: provider.id,
    now: clock.now(),
  });
  const flow = row && sealer("flow").open(row.sealed, placeOf(stateHash));
  return flow === null ? null : (JSON.parse(flow) as Flow);
}

function placeOf(stateHash: Uint8Array): string {
  return Buffer.from(stateHash).toString("base64url");
}
