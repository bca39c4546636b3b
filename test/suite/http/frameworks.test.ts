import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { toFastifyPlugin, toHeaders, toNodeHandler } from "wispy-auth/node";
import { createTestAuth, newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase, type SuiteContext } from "../../support/for-each-database.ts";
import { createHttpClient, type HttpClient } from "../../support/http-client.ts";

type Serve = (auth: TestAuth, ctx: SuiteContext) => Promise<string>;

/** Each answers `/me` by itself, as an application would, beside our routes. */
const frameworks: Readonly<Record<string, Serve>> = {
  "node:http": (auth, ctx) => {
    const routes = toNodeHandler(auth);
    return listen(
      ctx,
      createServer((request, response) => {
        if (request.url !== "/me") return routes(request, response);
        void auth.getSession(toHeaders(request)).then((found) => response.end(found?.user.email ?? "nobody"));
      }),
    );
  },
  "Express with express.json()": (auth, ctx) => {
    const app = express();
    app.use(express.json());
    app.use("/auth", toNodeHandler(auth));
    app.get("/me", async (request, response) => {
      response.send((await auth.getSession(toHeaders(request)))?.user.email ?? "nobody");
    });
    return listen(ctx, createServer(app));
  },
  Fastify: async (auth, ctx) => {
    const app = fastify();
    await app.register(toFastifyPlugin(auth), { prefix: "/auth" });
    app.get(
      "/me",
      async (request) => (await auth.getSession(toHeaders(request.raw)))?.user.email ?? "nobody",
    );
    // The application's own parser goes on working beside the plugin.
    app.post("/echo", async (request) => request.body);
    await app.listen({ port: 0, host: "127.0.0.1" });
    ctx.onSuiteEnd(() => app.close());
    return addressOf(app.server);
  },
  Hono: (auth, ctx) => {
    const app = new Hono();
    app.all("/auth/*", (c) => auth.handler(c.req.raw));
    app.get("/me", async (c) => c.text((await auth.getSession(c.req.raw))?.user.email ?? "nobody"));
    return listen(ctx, createServer(toNodeHandler({ handler: async (request) => app.fetch(request) })));
  },
};

async function listen(ctx: SuiteContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ctx.onSuiteEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return addressOf(server);
}

function addressOf(server: { address(): unknown }): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A browser whose requests go over the network. */
function createBrowser(url: string): HttpClient {
  const handler: TestAuth["handler"] = async (request) => {
    const body = request.body === null ? null : await request.text();
    return fetch(request.url, { method: request.method, headers: request.headers, body });
  };
  return createHttpClient({ handler }, { baseUrl: url });
}

forEachDatabase("running servers", (ctx) => {
  for (const [framework, serve] of Object.entries(frameworks)) {
    describe(framework, () => {
      it("takes a user from sign-up to deletion, and knows who asks in the application's own routes", async () => {
        const url = await serve(await createTestAuth(ctx, { baseUrl: undefined }), ctx);
        const browser = createBrowser(url);
        const me = async (): Promise<string> => {
          const cookie = [...browser.cookies].map((pair) => pair.join("=")).join("; ");
          return (await fetch(`${url}/me`, { headers: { cookie } })).text();
        };
        const { email, password } = newCredentials();
        expect((await browser.post("/sign-up", { email, password })).status).toBe(201);
        expect(browser.cookies.size).toBe(2);
        expect(await me()).toBe(email);
        const other = createBrowser(url);
        expect((await other.post("/sign-in", { email, password })).status).toBe(200);
        expect((await browser.get("/sessions")).body!["sessions"]).toHaveLength(2);
        expect((await browser.delete("/sessions")).body).toEqual({ revoked: 1 });
        expect((await other.get("/session")).status).toBe(401);
        const newPassword = `another ${password}`;
        expect(
          (await browser.post("/password/change", { currentPassword: password, newPassword })).status,
        ).toBe(200);
        expect(await me()).toBe(email);
        expect((await browser.post("/sign-out")).status).toBe(204);
        expect(await me()).toBe("nobody");
        expect((await browser.post("/sign-in", { email, password })).status).toBe(401);
        expect((await browser.post("/sign-in", { email, password: newPassword })).status).toBe(200);
        expect((await browser.delete("/user", { password: newPassword })).status).toBe(204);
        expect(await me()).toBe("nobody");
      });
    });
  }

  it("Fastify's own body parsing is untouched outside the plugin", async () => {
    const url = await frameworks["Fastify"]!(await createTestAuth(ctx), ctx);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/echo`, { method: "POST", headers, body: '{"a":1}' });
    expect(await answer.json()).toEqual({ a: 1 });
  });

  it("F27: 200 clients that leave in the middle of a sign-up leave no half object and no held connection", async () => {
    const auth = await createTestAuth(ctx, { baseUrl: undefined });
    let working = 0;
    const counting: TestAuth["handler"] = async (...request) => {
      working += 1;
      const response = await auth.handler(...request);
      working -= 1;
      return response;
    };
    const server = createServer(toNodeHandler({ handler: counting }));
    let [accepted, closed] = [0, 0];
    server.on("connection", (socket) => {
      accepted += 1;
      socket.on("close", () => (closed += 1));
    });
    const url = await listen(ctx, server);
    await Promise.all(Array.from({ length: 200 }, (_, index) => signUpAndLeave(url, index)));
    while (accepted < 200 || closed < 200 || working > 0) await new Promise(setImmediate);
    const users = await ctx.host.query(`select id from ${ctx.table("users")}`);
    const credentials = await ctx.host.query(`select user_id from ${ctx.table("credentials")}`);
    const sessions = await ctx.host.query(`select distinct user_id from ${ctx.table("sessions")}`);
    expect(credentials.length).toBe(users.length);
    expect(sessions.length).toBe(users.length);
    const browser = createBrowser(url);
    expect((await browser.post("/sign-up", newCredentials())).status).toBe(201);
    const { connections } = auth.database.stats();
    expect(connections.idle).toBe(connections.open);
    expect(connections.waiting).toBe(0);
  });
});

/** Sends a part of a sign-up, at most all of it, and closes the socket without a word. */
async function signUpAndLeave(url: string, index: number): Promise<void> {
  const { host, port } = new URL(url);
  const body = JSON.stringify(newCredentials());
  const head = `POST /auth/sign-up HTTP/1.1\r\nhost: ${host}\r\norigin: ${url}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  const text = head + body;
  const socket = connect(Number(port), "127.0.0.1").on("error", () => {});
  const part = index % 2 === 0 ? text : text.slice(0, Math.floor((text.length * index) / 200));
  await new Promise<void>((resolve) => socket.write(part, () => resolve()));
  // Some leave while their request is being worked on, at whatever point it has come to.
  for (let turn = 0; turn < index % 13; turn += 1) await new Promise(setImmediate);
  socket.destroy();
}
