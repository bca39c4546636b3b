import { randomUUID } from "node:crypto";
import { oauth, oauth2 } from "wispy-auth/oauth";
import type { AuthWith, SampleCaller } from "wispy-auth/testing";
import { testModule } from "../support/test-module.ts";

const createOAuth = () =>
  oauth({
    providers: [
      oauth2({
        id: "acme",
        authorizationUrl: "https://acme.example/authorize",
        tokenUrl: "https://acme.example/token",
        clientId: "client",
        clientSecret: "a secret",
        keepTokens: true,
        readProfile: async (get) => (await get("https://acme.example/me")) as { subject: string },
      }),
    ],
    // The provider, as it is reached: it knows somebody new each time.
    fetch: async (url) =>
      Response.json(
        url.endsWith("/token")
          ? { access_token: randomUUID(), token_type: "Bearer" }
          : { subject: randomUUID(), email: `${randomUUID()}@example.com`, emailVerified: true },
      ),
  });

type Caller = SampleCaller<ReturnType<typeof createOAuth>>;
type OAuthAuth = AuthWith<ReturnType<typeof createOAuth>>;

/** Comes back from the provider; where to. */
async function comeBack(
  auth: OAuthAuth,
  { url, setCookie, token }: { readonly url: string; readonly setCookie: string; readonly token?: string },
): Promise<string | null> {
  const state = new URL(url).searchParams.get("state")!;
  const cookies = [setCookie.split(";", 1)[0]!, ...(token ? [`__Host-wispy-session=${token}`] : [])];
  const callback = `https://app.example/auth/oauth/acme/callback?code=a&state=${state}`;
  const response = await auth.handler(new Request(callback, { headers: { cookie: cookies.join("; ") } }));
  return response.headers.get("location");
}

/** Links one more account to the caller's; its id. */
async function link({ auth, userId, token }: Caller): Promise<string> {
  const known = (await auth.oauth.listAccounts(userId)).map(({ id }) => id);
  const current = (await auth.getSession(token))!;
  const started = await auth.oauth.startLinking({ provider: "acme", current, redirectTo: "/linked" });
  const location = await comeBack(auth, { ...started, token });
  if (location !== "https://app.example/linked") throw new Error(`sent to ${String(location)}`);
  return (await auth.oauth.listAccounts(userId)).find(({ id }) => !known.includes(id))!.id;
}

testModule({
  name: "oauth",
  create: createOAuth,
  samples: {
    calls: {
      "a sign-in by somebody new": async ({ auth }) => {
        const location = await comeBack(
          auth,
          await auth.oauth.start({ provider: "acme", redirectTo: "/in" }),
        );
        if (location !== "https://app.example/in") throw new Error(`sent to ${String(location)}`);
      },
      "links, their tokens and their end": async (caller) => {
        const { auth, userId } = caller;
        const accountId = await link(caller);
        await link(caller);
        await auth.oauth.tokens({ userId, accountId });
        if (!(await auth.oauth.unlink({ userId, accountId }))) throw new Error("was not there");
      },
    },
    requests: {
      "oauth.start": () => ({
        params: { provider: "acme" },
        body: { redirectTo: "/in", signUpFields: { referralCode: "A" } },
      }),
      "oauth.callback": () => ({ params: { provider: "acme" }, query: { state: "a", code: "b" } }),
      "oauth.formCallback": () => ({
        params: { provider: "acme" },
        query: { state: "a", code: "b", iss: "c", user: "{}" },
      }),
      "oauth.link": () => ({ params: { provider: "acme" }, body: { redirectTo: "/in" } }),
      "oauth.listAccounts": async (caller) => {
        await link(caller);
        return {};
      },
      "oauth.unlink": async (caller) => ({ params: { account: await link(caller) } }),
    },
  },
});
