import { github, oauth } from "wispy-auth/oauth";
import { testModule } from "../support/test-module.ts";

const redirectTo = "/welcome";

testModule({
  name: "oauth",
  create: () =>
    oauth({
      providers: [github({ clientId: "client", clientSecret: "a secret of the client" })],
      // The way to GitHub and back is for tests with a provider that is there: here nobody gets that far.
      fetch: async () => new Response("", { status: 503 }),
    }),
  samples: {
    requests: {
      "oauth.start": () => ({ params: { provider: "github" }, body: { redirectTo, signUpFields: {} } }),
      "oauth.link": () => ({ params: { provider: "github" }, body: { redirectTo } }),
      "oauth.listAccounts": () => ({}),
    },
  },
});
