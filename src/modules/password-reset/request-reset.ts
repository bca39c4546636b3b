import { hash } from "node:crypto";
import {
  addSeconds,
  AuthError,
  createToken,
  readClientDetails,
  readEmailAddress,
  type ClientDetails,
  type RequestContext,
  type User,
} from "../../module.ts";
import type { ResetEnvironment } from "./reset-environment.ts";
import { putReset } from "./reset-statements.ts";

/** Reserved for what is never delivered (RFC 2606 section 2). */
const nobody = "nobody@example.invalid";

/**
 * Mails a link to the owner of an address. Whatever the address, the same is looked up and the same is written: for one
 * without an account a link that nobody has, and a mail that is over before it is sent. So neither the answer nor the time
 * that it takes tells who has an account.
 *
 * @throws AuthError `invalid_input` for what is no address, `too_many_requests`
 */
export async function requestReset(
  environment: ResetEnvironment,
  { email, context }: { readonly email: string; readonly context: RequestContext | undefined },
): Promise<void> {
  const { users } = environment;
  const address = readEmailAddress(email);
  if (address === null) throw noAddress();
  const client = readClientDetails(context);
  await environment.attempt({ action: "passwordReset.request", client, account: address.canonical });
  const found = await users.getByEmail(address.address);
  const user = found !== null && found.disabledAt === null ? found : null;
  await writeRequest(environment, { user, client, attempted: address.canonical });
}

interface ResetRequest {
  readonly user: User | null;
  readonly client: ClientDetails;
  readonly attempted: string;
}

async function writeRequest(
  { database, clock, random, newId, settings, baseUrl, mails, recordEvent }: ResetEnvironment,
  { user, client, attempted }: ResetRequest,
): Promise<void> {
  const now = clock.now();
  const { token, tokenHash } = createToken("password-reset", random);
  const link = `${baseUrl}${settings.page}?token=${token}`;
  const expiresAt = addSeconds(now, user === null ? 0 : settings.linkSeconds);
  // A user who is not there gets a row of their own too, which is over and cleaned up like every other.
  const userId = user?.id ?? newId(now);
  const email = user?.email ?? nobody;
  const event = recordEvent({
    type: "passwordReset.requested",
    userId: user?.id ?? null,
    occurredAt: now,
    client,
    data: user === null ? { attempted: hash("sha256", attempted, "base64url") } : {},
  });
  const mail = mails.reset.queue({
    data: { link, minutes: Math.floor(settings.linkSeconds / 60) },
    to: email,
    userId: user?.id ?? null,
    idempotencyKey: newId(now),
    occurredAt: now,
    expiresAt,
  });
  const row = putReset.with({ userId, tokenHash, email, createdAt: now, expiresAt });
  await database.transaction((tx) => tx.all([row, mail, event]), { singleStep: true });
}

function noAddress(): AuthError {
  return new AuthError("invalid_input", {
    message: "This is not an e-mail address",
    data: { issues: [{ path: "email", message: "Enter one e-mail address, like name@example.com" }] },
  });
}
