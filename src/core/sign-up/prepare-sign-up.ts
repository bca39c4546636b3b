import { createToken } from "../../crypto/token.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import { readClientDetails, readPresentedDevice } from "../input/client-details.ts";
import { parseEmailAddress } from "../input/email-address.ts";
import { requireString } from "../input/password-input.ts";
import { parsePlainText } from "../input/plain-text.ts";
import type { RequestContext } from "../request-context.ts";
import { PreparedSignUp } from "./prepared-sign-up.ts";

export interface SignUpInput {
  readonly email: string;
  readonly password: string;
  readonly name?: string | null;
}

/** Long enough for any name, short enough for a list. */
export const maximumNameLength = 200;

/**
 * Validates and hashes; holds no connection. All ids and tokens are made here, so that a sign-up whose answer
 * was lost can be recognised.
 *
 * @throws AuthError `invalid_input`, `password_rejected`, `overloaded`
 */
export async function prepareSignUp(
  { clock, random, newId, hasher, passwordPolicy, hooks }: CoreEnvironment,
  { input, context }: { readonly input: SignUpInput; readonly context: RequestContext | undefined },
): Promise<PreparedSignUp> {
  const email = parseEmailAddress(input.email);
  const name = parsePlainText(input.name, { path: "name", maxLength: maximumNameLength });
  const password = requireString(input.password, "password");
  await passwordPolicy.check(password, { email: email.address });
  const client = readClientDetails(context);
  const parts = await hooks.prepareSignUp(
    {
      email: email.address,
      emailCanonical: email.canonical,
      name,
      client,
      deviceTokenHash: readPresentedDevice(context)?.tokenHash ?? null,
      cookies: context?.cookies ?? {},
    },
    input,
  );
  const passwordHash = await hasher.hash(password);
  const now = clock.now();
  const session = createToken("session", random);
  const device = createToken("device", random);
  return new PreparedSignUp({
    userId: newId(now),
    sessionId: newId(now),
    deviceId: newId(now),
    eventId: newId(now),
    email: email.address,
    emailCanonical: email.canonical,
    name,
    passwordHash,
    token: session.token,
    tokenHash: session.tokenHash,
    deviceToken: device.token,
    deviceTokenHash: device.tokenHash,
    client,
    parts,
  });
}
