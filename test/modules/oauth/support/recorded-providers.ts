import { generateKeyPairSync } from "node:crypto";
import {
  apple,
  discord,
  facebook,
  github,
  gitlab,
  google,
  microsoft,
  type OAuthProvider,
} from "wispy-auth/oauth";

/** Somebody as a provider tells of them; `verified` stands where the provider says whether the address is proved. */
export interface RecordedPerson {
  readonly subject: string;
  readonly email: string;
  readonly verified: unknown;
}

/** What a provider's servers answer, in the shape they have: by host and path. */
export interface RecordedProvider {
  readonly provider: OAuthProvider;
  readonly issuer: string | null;
  readonly answers: (person: RecordedPerson) => Readonly<Record<string, object>>;
  /** Of the ID token, besides what all have; `null` for a provider without one. */
  readonly claims: ((person: RecordedPerson) => Record<string, unknown>) | null;
  readonly tokenUrl: string;
  readonly keysUrl: string | null;
  /** The subject under which the identity is kept. */
  readonly subjectOf: (subject: string) => string;
}

const client = { clientId: "client", clientSecret: "canary-secret" };
export const tenant = "11111111-2222-3333-4444-555555555555";
export const appleKey = generateKeyPairSync("ec", { namedCurve: "P-256" });

type Endpoints = Readonly<Record<"issuer" | "page" | "token" | "keys", string>> & {
  readonly metadata: string;
};

function withMetadata(
  provider: OAuthProvider,
  { issuer, page, token, keys, metadata }: Endpoints,
  claims: (person: RecordedPerson) => Record<string, unknown>,
): RecordedProvider {
  const announced = {
    issuer,
    authorization_endpoint: page,
    token_endpoint: token,
    jwks_uri: keys,
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
  };
  return {
    provider,
    issuer,
    answers: () => ({ [`${metadata}/.well-known/openid-configuration`]: announced }),
    claims,
    tokenUrl: token,
    keysUrl: keys,
    subjectOf: (subject) => subject,
  };
}

function withInterface(
  provider: OAuthProvider,
  tokenUrl: string,
  answers: RecordedProvider["answers"],
): RecordedProvider {
  const common = { issuer: null, claims: null, keysUrl: null, subjectOf: (subject: string) => subject };
  return { ...common, provider, tokenUrl, answers };
}

const standardClaims = ({ email, verified }: RecordedPerson) => ({
  email,
  email_verified: verified,
  name: "Ada",
});
const entra = "https://login.microsoftonline.com";

export const recordedProviders: readonly RecordedProvider[] = [
  withMetadata(
    google(client),
    {
      issuer: "https://accounts.google.com",
      metadata: "https://accounts.google.com",
      page: "https://accounts.google.com/o/oauth2/v2/auth",
      token: "https://oauth2.googleapis.com/token",
      keys: "https://www.googleapis.com/oauth2/v3/certs",
    },
    (person) => ({
      ...standardClaims(person),
      azp: client.clientId,
      given_name: "Ada",
      picture: "https://a/b",
    }),
  ),
  withMetadata(
    gitlab(client),
    {
      issuer: "https://gitlab.com",
      metadata: "https://gitlab.com",
      page: "https://gitlab.com/oauth/authorize",
      token: "https://gitlab.com/oauth/token",
      keys: "https://gitlab.com/oauth/discovery/keys",
    },
    (person) => ({ ...standardClaims(person), nickname: "ada", groups_direct: [] }),
  ),
  {
    ...withMetadata(
      microsoft(client),
      {
        issuer: `${entra}/{tenantid}/v2.0`,
        metadata: `${entra}/common/v2.0`,
        page: `${entra}/common/oauth2/v2.0/authorize`,
        token: `${entra}/common/oauth2/v2.0/token`,
        keys: `${entra}/common/discovery/v2.0/keys`,
      },
      ({ email, verified }) => ({
        iss: `${entra}/${tenant}/v2.0`,
        tid: tenant,
        email,
        xms_edov: verified,
        // What a directory may say of a domain that is not its own.
        email_verified: true,
        name: "Ada",
        oid: "00000000-0000-0000-66f3-3332eca7ea81",
        ver: "2.0",
      }),
    ),
    subjectOf: (subject) => `${tenant}/${subject}`,
  },
  withMetadata(
    apple({
      clientId: client.clientId,
      teamId: "TEAM123456",
      keyId: "KEY1234567",
      privateKey: appleKey.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    }),
    {
      issuer: "https://appleid.apple.com",
      metadata: "https://appleid.apple.com",
      page: "https://appleid.apple.com/auth/authorize",
      token: "https://appleid.apple.com/auth/token",
      keys: "https://appleid.apple.com/auth/keys",
    },
    ({ email, verified }) => ({
      email,
      email_verified: verified,
      is_private_email: true,
      nonce_supported: true,
    }),
  ),
  withInterface(
    github(client),
    "https://github.com/login/oauth/access_token",
    ({ subject, email, verified }) => ({
      // The public address of the profile is the account's own word.
      "https://api.github.com/user": {
        login: "ada",
        id: Number(subject),
        name: "Ada",
        email: "public@example.com",
      },
      "https://api.github.com/user/emails": [
        { email: "other@example.com", primary: false, verified: true, visibility: null },
        { email, primary: true, ...(verified !== undefined && { verified }), visibility: "private" },
      ],
    }),
  ),
  withInterface(discord(client), "https://discord.com/api/oauth2/token", ({ subject, email, verified }) => ({
    "https://discord.com/api/users/@me": {
      id: subject,
      username: "ada",
      global_name: "Ada",
      discriminator: "0",
      email,
      verified,
    },
  })),
  withInterface(
    facebook(client),
    "https://graph.facebook.com/v24.0/oauth/access_token",
    ({ subject, email, verified }) => ({
      "https://graph.facebook.com/v24.0/me": { id: subject, name: "Ada", email, verified },
    }),
  ),
];
