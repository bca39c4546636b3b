import { beforeAll, describe, expect, it } from "vitest";
import { AuthClientError, createAuthClient, type ClientFetch } from "wispy-auth/client";
import { oauthClient } from "wispy-auth/oauth/client";
import { newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { findFreePort } from "../support/free-port.ts";
import { browserSide, clientBaseUrl, failureOf } from "./support/client-fetch.ts";
import { openClientStage, type ClientStage } from "./support/client-stage.ts";

forEachDatabase("what the client says of a refusal", (ctx) => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await openClientStage(ctx);
  });
  const clientAt = (clientAddress = "203.0.113.1") =>
    createAuthClient({ baseUrl: clientBaseUrl, fetch: browserSide(stage.auth, { clientAddress }).fetch });

  it("is the server's code, status and words", async () => {
    const { email, password } = newCredentials();
    const error = await failureOf(clientAt().signIn({ email, password }));
    expect(error).toBeInstanceOf(AuthClientError);
    expect(error).toMatchObject({
      name: "AuthClientError",
      code: "invalid_credentials",
      status: 401,
      title: "The e-mail address or the password is wrong",
      issues: [],
      retryAfterSeconds: null,
    });
    const { message, stack } = error as AuthClientError;
    expect(message).toContain("signIn was refused (invalid_credentials)");
    expect(message + stack).not.toMatch(new RegExp(`${email}|${password}`));
  });

  it("names the fields that are wrong, and why a password is", async () => {
    const without = failureOf(clientAt().signUp({ email: "no address", password: 7 } as never));
    expect(await without).toMatchObject({
      code: "invalid_input",
      status: 400,
      issues: [{ path: "password", message: "must be text" }],
    });
    const short = failureOf(clientAt().signUp({ ...newCredentials(), password: "short" }));
    expect(await short).toMatchObject({
      code: "password_rejected",
      data: { reason: "too_short", minLength: 8 },
    });
  });

  it("has how long to wait", async () => {
    const client = clientAt("203.0.113.7");
    for (let turn = 0; turn < 3; turn += 1) await failureOf(client.signIn(newCredentials()));
    const error = await failureOf(client.signIn(newCredentials()));
    expect(error).toMatchObject({ code: "too_many_requests", status: 429, retryAfterSeconds: 30 });
    expect((error as Error).message).toMatch(/Try again in 30 seconds\.$/);
  });

  it("is not_found for a module that the server has not", async () => {
    const { fetch } = browserSide(stage.auth);
    const client = createAuthClient({ baseUrl: clientBaseUrl, fetch, modules: [oauthClient] });
    const error = await failureOf(client.oauth.start({ provider: "google" }));
    expect(error).toMatchObject({ code: "not_found", status: 404 });
    expect((error as Error).message).toContain("oauth.start");
  });
});

describe("an answer that is not the server's", () => {
  const json = { "content-type": "application/json" };
  const problem = { "content-type": "application/problem+json" };
  const answers: Record<string, Response> = {
    "a page of a proxy": new Response("<h1>Bad gateway</h1>", {
      status: 502,
      headers: { "content-type": "text/html", "retry-after": "7" },
    }),
    "a page of the application, which answers everything": new Response("<!doctype html>", {
      headers: { "content-type": "text/html" },
    }),
    "JSON that was cut short": new Response('{"user":{"id":"secret-to', { headers: json }),
    "JSON that is no object": new Response('"ok"', { headers: json }),
    "nothing at all": new Response("", { headers: json }),
    "a failure that was cut short": new Response('{"type":"urn:wispy-auth:er', {
      status: 401,
      headers: problem,
    }),
    "a failure of somebody else's": new Response('{"type":"about:blank","code":"unauthenticated"}', {
      status: 401,
      headers: problem,
    }),
    "a failure without a type": new Response('{"code":"unauthenticated"}', { status: 401, headers: json }),
  };

  it.each(Object.keys(answers))("is unexpected_answer: %s", async (name) => {
    const answer = answers[name]!;
    const client = createAuthClient({ baseUrl: clientBaseUrl, fetch: async () => answer });
    const error = await failureOf(client.getSession());
    expect(error).toBeInstanceOf(AuthClientError);
    expect(error).toMatchObject({
      code: "unexpected_answer",
      status: answer.status,
      retryAfterSeconds: answer.status === 502 ? 7 : null,
    });
    expect(`${String((error as Error).message)} ${String((error as Error).cause)}`).not.toContain("secret");
  });

  it("is unexpected_answer where it leads elsewhere, and what was sent is not sent on", async () => {
    const asked: string[] = [];
    const fetch: ClientFetch = async (url, init) => {
      asked.push(`${String(init.redirect)} ${url}`);
      return new Response(null, { status: 307, headers: { location: "https://elsewhere.example/" } });
    };
    const client = createAuthClient({ baseUrl: clientBaseUrl, fetch });
    const error = await failureOf(client.signIn(newCredentials()));
    expect(error).toMatchObject({ code: "unexpected_answer", status: 307 });
    expect(asked).toEqual([`manual ${clientBaseUrl}/sign-in`]);
  });
});

describe("no answer", () => {
  it("is network_error, with what fetch threw as its cause", async () => {
    const baseUrl = `http://127.0.0.1:${String(await findFreePort())}/auth`;
    const error = await failureOf(createAuthClient({ baseUrl }).signIn(newCredentials()));
    expect(error).toBeInstanceOf(AuthClientError);
    expect(error).toMatchObject({ code: "network_error", status: null, retryAfterSeconds: null });
    expect((error as Error).cause).toBeInstanceOf(TypeError);
  });

  it("is network_error too where the connection ends amid the body", async () => {
    const body = new ReadableStream({
      start: (controller) => controller.error(new TypeError("terminated")),
    });
    const headers = { "content-type": "application/json" };
    const client = createAuthClient({
      baseUrl: clientBaseUrl,
      fetch: async () => new Response(body, { headers }),
    });
    expect(await failureOf(client.getSession())).toMatchObject({ code: "network_error" });
  });

  it("is the signal's reason where the caller ended the call", async () => {
    const never: ClientFetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason as Error));
      });
    const client = createAuthClient({ baseUrl: clientBaseUrl, fetch: never });
    const controller = new AbortController();
    const waiting = failureOf(client.getSession({}, { signal: controller.signal }));
    controller.abort();
    expect(await waiting).toMatchObject({ name: "AbortError" });
    const timedOut = failureOf(client.getSession({}, { signal: AbortSignal.timeout(5) }));
    expect(await timedOut).toMatchObject({ name: "TimeoutError" });
  });

  it("and no request at all, if the call was ended before it began", async () => {
    let asked = 0;
    const fetch: ClientFetch = async () => {
      asked += 1;
      return new Response(null, { status: 204 });
    };
    const client = createAuthClient({ baseUrl: clientBaseUrl, fetch });
    const signal = AbortSignal.abort();
    expect(await failureOf(client.signOut({}, { signal }))).toMatchObject({ name: "AbortError" });
    expect(asked).toBe(0);
  });
});

describe("a name in a path", () => {
  it.each(["", "..", ".", "a/b", "a%2fb", "a?b", "ü", "a".repeat(65), undefined])(
    "is not sent where it would lead elsewhere: %j",
    async (id) => {
      const asked: string[] = [];
      const fetch: ClientFetch = async (url) => {
        asked.push(url);
        return new Response(null, { status: 204 });
      };
      const client = createAuthClient({ baseUrl: clientBaseUrl, fetch });
      expect(await failureOf(client.revokeSession({ id: id as string }))).toMatchObject({
        code: "invalid_input",
        status: null,
        issues: [{ path: "id" }],
      });
      expect(asked).toEqual([]);
    },
  );
});
