import { describeProvider, type ClientOptions, type OAuthProvider } from "../protocol/provider.ts";
import { makeProfile } from "../protocol/read-profile.ts";

export interface MicrosoftOptions extends ClientOptions {
  readonly clientSecret: string;
  /**
   * Who may sign in: `"common"` (everybody, the default), `"organizations"` (work and school), `"consumers"` (personal
   * accounts), or the id of one directory, a GUID.
   */
  readonly tenant?: string;
}

const host = "https://login.microsoftonline.com";
/** The directory of all personal accounts. */
const consumers = "9188040d-6c67-4c5b-b112-36a304b66dad";

/**
 * Microsoft Entra ID and personal accounts. A directory can put any address into its tokens, so one is proved only if
 * the optional claim `xms_edov` is `true`: the domain's owner vouches for it.
 */
export function microsoft(options: MicrosoftOptions): OAuthProvider {
  const { tenant = "common" } = options;
  const several = tenant === "common" || tenant === "organizations";
  const issuer = `${host}/${several ? "{tenantid}" : tenant === "consumers" ? consumers : tenant}/v2.0`;
  return describeProvider(options, {
    id: "microsoft",
    server: { issuer, metadataOf: `${host}/${tenant}/v2.0` },
    scopes: ["openid", "email", "profile"],
    clientSecret: options.clientSecret,
    secretIn: "body",
    readProfile: ({ claims: { tid, sub, email, xms_edov: domainVerified, name } }) =>
      // Each directory is an issuer, and a subject is one issuer's word.
      makeProfile({
        subject: typeof tid === "string" && typeof sub === "string" ? `${tid}/${sub}` : undefined,
        email,
        emailVerified: domainVerified === true,
        name,
      }),
  });
}
