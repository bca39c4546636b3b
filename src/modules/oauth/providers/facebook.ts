import { describeProvider, type ClientOptions, type OAuthProvider } from "../protocol/provider.ts";
import { asObject, makeProfile } from "../protocol/read-profile.ts";

export interface FacebookOptions extends ClientOptions {
  readonly clientSecret: string;
  /** Of the Graph API. Default `"v24.0"`; Facebook takes a version for two years. */
  readonly version?: string;
}

/** Facebook. It does not say whether an address was proved, so none is. */
export function facebook(options: FacebookOptions): OAuthProvider {
  const { clientSecret, version = "v24.0" } = options;
  const graph = `https://graph.facebook.com/${version}`;
  return describeProvider(options, {
    id: "facebook",
    server: {
      issuer: null,
      authorizationUrl: `https://www.facebook.com/${version}/dialog/oauth`,
      tokenUrl: `${graph}/oauth/access_token`,
    },
    scopes: ["email", "public_profile"],
    clientSecret,
    secretIn: "body",
    async readProfile({ get }) {
      const { id, email, name } = asObject(await get(`${graph}/me?fields=id,name,email`));
      return makeProfile({ subject: id, email, emailVerified: false, name });
    },
  });
}
