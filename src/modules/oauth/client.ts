import { defineClientModule } from "../../client/index.ts";
import type { oauthContracts } from "./routes/oauth-contracts.ts";

/** OAuth for `createAuthClient({ modules })`: `client.oauth`. Its `start` and `link` answer where to send the browser. */
export const oauthClient = defineClientModule<typeof oauthContracts>("oauth", {
  start: "POST /oauth/:provider/start",
  link: "POST /oauth/:provider/link",
  listAccounts: "GET /oauth/accounts",
  unlink: "DELETE /oauth/accounts/:account",
});
