import { expect, it } from "vitest";
import { createAuthClient, type ClientSettings } from "wispy-auth/client";
import { referralsClient } from "wispy-auth/referrals/client";
import { failureOf } from "./support/client-fetch.ts";

const modules = [referralsClient] as const;

/** A client whose calls are kept, and answered by a status alone. */
function recordingClient(settings: Partial<ClientSettings> = {}) {
  const sent: { readonly url: string; readonly init: RequestInit }[] = [];
  const client = createAuthClient({
    baseUrl: "/auth",
    modules,
    fetch: async (url, init) => {
      sent.push({ url, init });
      return new Response(null, { status: 204 });
    },
    ...settings,
  });
  return { client, sent };
}

it("a call is below the base path, with or without a slash at its end", async () => {
  for (const baseUrl of ["/auth", "/auth/", "https://app.example.com/auth"]) {
    const { client, sent } = recordingClient({ baseUrl });
    await client.getSession();
    await client.revokeSession({ id: "0197-a" });
    const base = baseUrl.replace(/\/$/, "");
    expect(sent.map(({ url }) => url)).toEqual([`${base}/session`, `${base}/sessions/0197-a`]);
  }
});

it("a GET has its fields in the address, escaped, those that are undefined left out", async () => {
  const { client, sent } = recordingClient();
  await client.referrals.listReferrals({ limit: 10, after: undefined });
  await client.referrals.leaderboard({ program: "friends & co=ü" });
  await client.referrals.stats({});
  expect(sent.map(({ url }) => url)).toEqual([
    "/auth/referrals/referrals?limit=10",
    "/auth/referrals/leaderboard?program=friends+%26+co%3D%C3%BC",
    "/auth/referrals/stats",
  ]);
  expect(sent.map(({ init }) => [init.method, init.body])).toEqual(Array(3).fill(["GET", null]));
});

it("other methods have theirs as JSON, without the names of the path; a DELETE without fields has no body", async () => {
  const { client, sent } = recordingClient();
  await client.signOut();
  await client.referrals.updateCode({ id: "a", paused: true, maxUses: undefined });
  await client.deleteUser({ password: "p" });
  await client.revokeSession({ id: "a" });
  expect(sent.map(({ init }) => `${init.method!} ${init.body as string | null}`)).toEqual([
    "POST {}",
    'PATCH {"paused":true}',
    'DELETE {"password":"p"}',
    "DELETE null",
  ]);
  const types = sent.map(({ init }) => new Headers(init.headers).get("content-type"));
  expect(types).toEqual([...Array<string>(3).fill("application/json"), null]);
});

it("an input stays as the caller made it", async () => {
  const input = Object.freeze({ id: "a", paused: true });
  await recordingClient().client.referrals.updateCode(input);
  expect(input).toEqual({ id: "a", paused: true });
});

it("no answer is kept for the next caller, no redirect followed, and cookies are a matter of what was asked for", async () => {
  const plain = recordingClient();
  await plain.client.getSession();
  expect(plain.sent[0]!.init).toMatchObject({ cache: "no-store", redirect: "manual" });
  expect(plain.sent[0]!.init).not.toHaveProperty("credentials");
  const including = recordingClient({ credentials: "include" });
  await including.client.getSession();
  expect(including.sent[0]!.init.credentials).toBe("include");
});

it("a token is asked for with each call, and one that cannot be one is neither sent nor told", async () => {
  const tokens = ["first", null, "no\ttoken of secret\nlines", ""];
  const { client, sent } = recordingClient({ token: () => tokens.shift()! });
  await client.getSession();
  await client.getSession();
  for (const _impossible of [1, 2]) {
    const error = await failureOf(client.getSession());
    expect(error).toMatchObject({ code: "unauthenticated", status: null });
    expect(String(error)).not.toContain("secret");
  }
  const headers = sent.map(({ init }) => new Headers(init.headers).get("authorization"));
  expect(headers).toEqual(["Bearer first", null]);
});
