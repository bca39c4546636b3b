import { beforeAll, expect, it } from "vitest";
import { createAuthClient } from "wispy-auth/client";
import { referralsClient } from "wispy-auth/referrals/client";
import { newCredentials, testBaseUrl } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { browserSide, clientBaseUrl, programSide } from "./support/client-fetch.ts";
import { openClientStage, type ClientStage } from "./support/client-stage.ts";

forEachDatabase("the client in a program that is no browser", (ctx) => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await openClientStage(ctx);
  });

  it("gets its token in the answer, and sends it with every call from then on", async () => {
    let token: string | null = null;
    const client = createAuthClient({
      baseUrl: `${clientBaseUrl}/`,
      fetch: programSide(stage.auth),
      token: async () => token,
      headers: { "user-agent": "a program" },
      modules: [referralsClient],
    });
    await expect(client.getSession()).rejects.toMatchObject({ code: "unauthenticated" });
    const account = newCredentials();
    const signedUp = await client.signUp({ ...account, tokenDelivery: "body" });
    if ("pending" in signedUp) throw new Error("there is no session yet");
    token = signedUp.token!;
    const { session } = await client.getSession();
    expect(session).toMatchObject({ id: signedUp.session.id, userAgent: "a program" });
    expect(await client.referrals.createCode({ code: "BY-BEARER" })).toMatchObject({ code: "BY-BEARER" });

    const newPassword = `another ${account.password}`;
    const changed = await client.changePassword({ currentPassword: account.password, newPassword });
    await expect(client.getSession()).rejects.toMatchObject({ code: "unauthenticated" });
    token = changed.token!;
    expect((await client.getSession()).user.id).toBe(signedUp.user.id);
    expect(await client.signOut()).toBeUndefined();
    await expect(client.getSession()).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("sends the headers of a call with it alone", async () => {
    const client = createAuthClient({ baseUrl: clientBaseUrl, fetch: programSide(stage.auth) });
    const { email, password } = newCredentials();
    const headers = { "user-agent": "this once" };
    const made = await client.signUp({ email, password, tokenDelivery: "body" }, { headers });
    expect(made).toMatchObject({ session: { userAgent: "this once" } });
    const signedIn = await client.signIn({ email, password, tokenDelivery: "body" });
    expect(signedIn).toMatchObject({ session: { userAgent: null } });
  });

  it("reads in the name of a browser whose cookies it passes on", async () => {
    const { fetch, cookies } = browserSide(stage.auth);
    const { email, password } = newCredentials();
    await createAuthClient({ baseUrl: clientBaseUrl, fetch }).signUp({ email, password });
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const settings = { baseUrl: clientBaseUrl, fetch: programSide(stage.auth) };
    const reader = createAuthClient({ ...settings, headers: { cookie } });
    expect((await reader.getSession()).user.email).toBe(email);
    await expect(reader.signOut()).rejects.toMatchObject({ code: "origin_refused", status: 403 });
    const writer = createAuthClient({ ...settings, headers: { cookie, origin: testBaseUrl } });
    await writer.signOut();
    await expect(reader.getSession()).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("calls the global fetch that is there when it calls", async () => {
    const client = createAuthClient({ baseUrl: clientBaseUrl });
    const before = globalThis.fetch;
    globalThis.fetch = (url, init) => stage.auth.handler(new Request(url, init));
    try {
      expect(await client.health()).toEqual({ status: "ok" });
    } finally {
      globalThis.fetch = before;
    }
  });
});
