import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import { AuthError } from "../../../module.ts";
import { describeProvider, type ClientOptions, type OAuthProvider } from "../protocol/provider.ts";
import { asObject, makeProfile } from "../protocol/read-profile.ts";

export interface AppleOptions extends ClientOptions {
  /** The team of the developer account: ten letters and digits. */
  readonly teamId: string;
  /** Of the key for Sign in with Apple. */
  readonly keyId: string;
  /** The key itself, PEM: what the file `AuthKey_….p8` holds. */
  readonly privateKey: string;
}

const issuer = "https://appleid.apple.com";
/** A secret is made for each request; Apple takes one for six months. */
const secretLifetimeSeconds = 5 * 60;

/**
 * Apple. The address is proved if the claim `email_verified` is `true` or, as Apple also writes it, `"true"`. The name is
 * told once, when somebody signs in for the first time.
 *
 * @throws AuthError `configuration_invalid` for a key that is none
 */
export function apple(options: AppleOptions): OAuthProvider {
  const key = readKey(options.privateKey);
  return describeProvider(options, {
    id: "apple",
    server: { issuer },
    scopes: ["name", "email"],
    // Apple gives name and address to a form only, which then comes from its site.
    parameters: { response_mode: "form_post" },
    clientSecret: (now) => makeSecret(options, key, now),
    secretIn: "body",
    readProfile: ({ claims: { sub, email, email_verified: verified }, parameters }) =>
      makeProfile({
        subject: sub,
        email,
        emailVerified: verified === true || verified === "true",
        name: readName(parameters["user"]),
      }),
  });
}

function readKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  } catch {
    // What is wrong with it must not be quoted: it is a key.
  }
  throw new AuthError("configuration_invalid", {
    message: "apple({ privateKey }) is the text of the file AuthKey_….p8, an EC key in PEM",
  });
}

/** A JWT that the key signs (ES256, RFC 7518 section 3.4), in place of a secret. */
function makeSecret({ teamId, keyId, clientId }: AppleOptions, key: KeyObject, now: Date): string {
  const issuedAt = Math.floor(now.getTime() / 1000);
  const header = { alg: "ES256", kid: keyId };
  const payload = {
    iss: teamId,
    sub: clientId,
    aud: issuer,
    iat: issuedAt,
    exp: issuedAt + secretLifetimeSeconds,
  };
  const text = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

/** The form's field `user`, which came by way of the browser: a name proves nothing. */
function readName(user: string | undefined): string | null {
  try {
    const { firstName, lastName } = asObject(asObject(JSON.parse(user ?? "null"))["name"]);
    return [firstName, lastName].filter((part) => typeof part === "string").join(" ");
  } catch {
    return null;
  }
}
