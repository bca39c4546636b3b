import { beforeAll, expect, it } from "vitest";
import { createTestAuth, newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createHttpClient } from "../../support/http-client.ts";

forEachDatabase("the way of a user through the HTTP handler", (ctx) => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx);
  });

  it("signs up, is recognised, signs out, is forgotten, and signs in again", async () => {
    const browser = createHttpClient(auth);
    const credentials = newCredentials();
    expect(await browser.post("/sign-up", credentials)).toMatchObject({
      body: { user: { email: credentials.email } },
    });
    expect(browser.cookies.size).toBeGreaterThan(0);
    expect(await browser.get("/session")).toMatchObject({
      status: 200,
      body: { user: { email: credentials.email } },
    });
    await browser.post("/sign-out");
    expect((await browser.get("/session")).body).not.toHaveProperty("user.email");
    expect(await browser.post("/sign-in", credentials)).toMatchObject({ status: 200 });
    expect(await browser.get("/session")).toMatchObject({
      status: 200,
      body: { user: { email: credentials.email } },
    });
  });

  it("keeps its tables in our namespace alone", async () => {
    const { email } = await auth.users.create({ email: newCredentials().email });
    const rows = await ctx.host.query(`select email from ${ctx.table("users")} where email = $1`, [email]);
    expect(rows).toEqual([{ email }]);
  });

  it("serves many callers at once without an error", async () => {
    // The hash queue lets 34 in on two cores, and tells others to come back; session checks need no hash.
    const users = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const browser = createHttpClient(auth);
        const credentials = newCredentials();
        expect((await browser.post("/sign-up", credentials)).status).toBe(201);
        return { browser, credentials };
      }),
    );
    const checks = Array.from({ length: 150 }, (_, index) =>
      users[index % users.length]!.browser.get("/session"),
    );
    const signIns = users.map(({ credentials }) => createHttpClient(auth).post("/sign-in", credentials));
    const answers = await Promise.all([...checks, ...signIns]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
