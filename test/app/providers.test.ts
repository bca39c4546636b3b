import { expect, it } from "vitest";
import { type Issuer, issuerClient, startIssuer } from "../modules/oauth/support/start-issuer.ts";
import { newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { findFreePort } from "../support/free-port.ts";
import { useApplication } from "./support/start-application.ts";
import { chromium, phone, useBrowser } from "./support/use-browser.ts";

forEachDatabase("connected accounts in Chromium", (ctx) => {
  if (chromium === null) return it.skip("needs Chromium");
  let issuer: Issuer;
  const app = useApplication(ctx, async () => {
    const port = String(await findFreePort());
    issuer = await startIssuer(["oidc"], `http://localhost:${port}`);
    ctx.onSuiteEnd(() => issuer.stop());
    return {
      PORT: port,
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: issuerClient.clientId,
      OIDC_CLIENT_SECRET: issuerClient.clientSecret,
      OIDC_NAME: "Acme",
    };
  });
  const { openPage, signUp } = useBrowser(app);

  it("make an account, and do not leave its owner without a way in", async () => {
    const page = await openPage(phone);
    await page.goto(`${app.url}/sign-up`);
    await page.setExtraHTTPHeaders({ "x-account": issuer.newPerson({ name: "Ada" }).sub });
    await page.getByRole("button", { name: "Continue with Acme" }).click();
    await page.getByRole("heading", { name: "Hello, Ada" }).waitFor();
    await page.goto(`${app.url}/account`);
    await page.getByRole("button", { name: "Disconnect Acme" }).click();
    await page.getByRole("alert").getByText("Acme is your only way in.").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  it("are connected to an account that is there, and sign in to it, without JavaScript", async () => {
    const [page, user] = [await openPage({ javaScriptEnabled: false }), newCredentials()];
    await signUp(page, user);
    await page.goto(`${app.url}/account`);
    await page.setExtraHTTPHeaders({ "x-account": "nobody" });
    await page.getByRole("button", { name: "Connect Acme" }).click();
    await page.getByRole("alert").getByText("You did not allow it at Acme.").waitFor();
    await page.setExtraHTTPHeaders({ "x-account": issuer.newPerson().sub });
    await page.getByRole("button", { name: "Connect Acme" }).click();
    await page.getByText("Your account there is connected").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.goto(`${app.url}/sign-in`);
    await page.getByRole("button", { name: "Continue with Acme" }).click();
    await page.getByRole("heading", { name: "Hello, Ann" }).waitFor();
    await page.goto(`${app.url}/account`);
    await page.getByRole("button", { name: "Disconnect Acme" }).click();
    await page.getByText("That account is not connected any more.").waitFor();
  });
});
