import { createToken } from "../../crypto/token.ts";
import type { TransactionScript } from "../../database/script.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import type { SignUpDraft } from "../hooks.ts";
import { readClientDetails, readPresentedDevice } from "../input/client-details.ts";
import { parseEmailAddress } from "../input/email-address.ts";
import { requireString } from "../input/password-input.ts";
import { parsePlainText } from "../input/plain-text.ts";
import type { RequestContext } from "../request-context.ts";
import type { User } from "../user.ts";
import { PreparedSignUp, type SignUpRecord } from "./prepared-sign-up.ts";

export interface SignUpInput {
  readonly email: string;
  readonly password: string;
  readonly name?: string | null;
}

/** Long enough for any name, short enough for a list. */
export const maximumNameLength = 200;

/** How an account is to be made, besides by a password of its owner's choice. */
export interface ProvenSignUp {
  readonly email: string;
  readonly name: string | null | undefined;
  readonly emailVerified: boolean;
  readonly method: string;
  /** The modules' fields, unread. */
  readonly fields: object;
  readonly script: ((user: User) => TransactionScript<void>) | null;
}

/**
 * Validates and hashes; holds no connection. All ids and tokens are made here, so that a sign-up whose answer
 * was lost can be recognised.
 *
 * @throws AuthError `invalid_input`, `password_rejected`, `overloaded`
 */
export async function prepareSignUp(
  environment: CoreEnvironment,
  { input, context }: { readonly input: SignUpInput; readonly context: RequestContext | undefined },
): Promise<PreparedSignUp> {
  const { hasher, passwordPolicy, hooks } = environment;
  const draft = readDraft(input, context);
  const password = requireString(input.password, "password");
  await hooks.attempted({ action: "signUp", client: draft.client, account: draft.emailCanonical });
  await passwordPolicy.check(password, { email: draft.email });
  const parts = await hooks.prepareSignUp(draft, input);
  const passwordHash = await hasher.hash(password);
  return prepare(environment, {
    draft,
    emailVerified: false,
    method: "password",
    passwordHash,
    script: null,
    parts,
  });
}

/**
 * The same for somebody whom a module knows.
 * @throws AuthError `invalid_input`, and what modules refuse
 */
export async function prepareProvenSignUp(
  environment: CoreEnvironment,
  { input, context }: { readonly input: ProvenSignUp; readonly context: RequestContext | undefined },
): Promise<PreparedSignUp> {
  const { emailVerified, method, script, fields } = input;
  const draft = readDraft(input, context);
  const parts = await environment.hooks.prepareSignUp(draft, fields);
  return prepare(environment, { draft, emailVerified, method, passwordHash: null, script, parts });
}

function readDraft(
  { email, name }: { readonly email: string; readonly name?: string | null | undefined },
  context: RequestContext | undefined,
): SignUpDraft {
  const { address, canonical } = parseEmailAddress(email);
  return {
    email: address,
    emailCanonical: canonical,
    name: parsePlainText(name, { path: "name", maxLength: maximumNameLength }),
    client: readClientDetails(context),
    deviceTokenHash: readPresentedDevice(context)?.tokenHash ?? null,
    cookies: context?.cookies ?? {},
  };
}

type Decided = "draft" | "emailVerified" | "method" | "passwordHash" | "script" | "parts";

function prepare(
  { clock, random, newId }: CoreEnvironment,
  decided: Pick<SignUpRecord, Decided>,
): PreparedSignUp {
  const now = clock.now();
  const session = createToken("session", random);
  const device = createToken("device", random);
  return new PreparedSignUp({
    ...decided,
    userId: newId(now),
    sessionId: newId(now),
    deviceId: newId(now),
    eventId: newId(now),
    token: session.token,
    tokenHash: session.tokenHash,
    deviceToken: device.token,
    deviceTokenHash: device.tokenHash,
  });
}
