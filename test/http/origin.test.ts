import { describe, expect, it } from "vitest";

import {
  deviceCookie,
  makeHandler,
  safeRoutes,
  sessionCookie,
  siteOrigin,
  siteRequest,
  unsafeRoutes,
} from "./support/make-handler.ts";
import { liveToken } from "./support/stand-in-operations.ts";

const trusted = "https://admin.example.com";
const options = { baseUrl: siteOrigin, trustedOrigins: [trusted] };

const origins = [siteOrigin, trusted, "https://evil.example", "null", undefined] as const;
const fetchSites = ["same-origin", "same-site", "cross-site", "none", undefined] as const;
const credentials = {
  none: {},
  cookie: { cookie: `${sessionCookie}=${liveToken}` },
  device: { cookie: `${deviceCookie}=${liveToken}` },
  bearer: { authorization: `Bearer ${liveToken}` },
  both: { cookie: `${sessionCookie}=${liveToken}`, authorization: `Bearer ${liveToken}` },
} as const;

/** The written rule: what decides, in this order, is Origin, then Sec-Fetch-Site, then whether a cookie came along. */
function isAllowed(
  origin: string | undefined,
  site: string | undefined,
  credential: keyof typeof credentials,
): boolean {
  if (origin !== undefined) return origin === siteOrigin || origin === trusted;
  if (site !== undefined) return site === "same-origin";
  return credential === "none" || credential === "bearer" || credential === "both";
}

describe("CS-02, CS-05: another site cannot make a browser change anything", () => {
  it("decides each of 875 combinations as the written rule does", async () => {
    const { handler, operations } = makeHandler(options);
    let cells = 0;
    for (const route of unsafeRoutes) {
      for (const origin of origins) {
        for (const site of fetchSites) {
          for (const [credential, extra] of Object.entries(credentials)) {
            operations.calls.length = 0;
            const headers = { origin, "sec-fetch-site": site, ...extra };
            const response = await handler(
              siteRequest(route.method, route.path, { body: route.body, headers }),
            );
            const cell = `${route.method} ${route.path} origin=${origin} site=${site} ${credential}`;
            const allowed = isAllowed(origin, site, credential as keyof typeof credentials);
            expect(response.status === 403, cell).toBe(!allowed);
            if (!allowed) {
              expect(await response.json()).toMatchObject({ code: "origin_refused" });
              expect(operations.calls, cell).toEqual([]);
              expect(response.headers.getSetCookie()).toEqual([]);
            }
            cells += 1;
          }
        }
      }
    }
    expect(cells).toBe(7 * 5 * 5 * 5);
  });

  it("takes the request's own host when there is no baseUrl, whichever scheme a proxy left", async () => {
    const { handler } = makeHandler({});
    const send = (host: string, origin: string): Promise<Response> =>
      handler(new Request(`http://internal/auth/sign-out`, { method: "POST", headers: { host, origin } }));
    expect((await send("app.example.com", "https://app.example.com")).status).toBe(204);
    expect((await send("app.example.com:443", "https://app.example.com")).status).toBe(204);
    expect((await send("localhost:3000", "http://localhost:3000")).status).toBe(204);
    for (const origin of [
      "https://evil.example",
      "https://app.example.com.evil.example",
      "https://app.example.com:8443",
      "https://APP.example.com",
      "https://app.example.com/",
      "null",
      "app.example.com",
      "ftp://app.example.com",
      "",
    ]) {
      expect((await send("app.example.com", origin)).status, origin).toBe(403);
    }
    expect((await send("not a host", "https://app.example.com")).status).toBe(403);
  });

  it("does not let the Host header stand in for baseUrl", async () => {
    const { handler } = makeHandler(options);
    const headers = { host: "evil.example", origin: "https://evil.example" };
    expect((await handler(siteRequest("POST", "/sign-out", { headers }))).status).toBe(403);
  });
});

describe("CS-04: GET and HEAD change nothing", () => {
  it("calls only reading operations", async () => {
    const { handler, operations } = makeHandler(options);
    for (const { path } of safeRoutes) {
      for (const method of ["GET", "HEAD"]) {
        for (let visit = 0; visit < 5; visit += 1) {
          const headers = { cookie: `${sessionCookie}=${liveToken}`, origin: "https://evil.example" };
          const response = await handler(siteRequest(method, path, { headers }));
          expect(response.status).toBe(200);
          expect(response.headers.getSetCookie()).toEqual([]);
          if (method === "HEAD") expect(await response.text()).toBe("");
        }
      }
    }
    const reading = new Set(["getSession", "listSessions", "health"]);
    expect(operations.calls.filter((call) => !reading.has(call.operation))).toEqual([]);
  });

  it("has no unsafe route that answers to GET or HEAD", async () => {
    const { handler, operations } = makeHandler(options);
    for (const { path } of unsafeRoutes.filter((route) => route.path !== "/sessions")) {
      for (const method of ["GET", "HEAD"]) {
        expect((await handler(siteRequest(method, path))).status).toBe(405);
      }
    }
    expect(operations.calls).toEqual([]);
  });
});

describe("CS-06: CORS", () => {
  const forged = [
    "null",
    "*",
    "",
    "https://evil.example",
    "https://admin.example.com.evil.example",
    "https://evil-admin.example.com",
    "https://adminXexample.com",
    "https://admin.example.com:443",
    "https://admin.example.com:8443",
    "https://admin.example.com/",
    "https://admin.example.com/path",
    "https://admin.example.com?x",
    "https://admin.example.com#x",
    "https://ADMIN.example.com",
    "HTTPS://admin.example.com",
    "http://admin.example.com",
    "https://admin.example.com.",
    "https://admin.example.com%00",
    "https://admin.example.com%2eevil.example",
    "https://user@admin.example.com",
    "https://admin.example.com@evil.example",
    "https://admin.example.com\\@evil.example",
    "https://admin.example.com, https://evil.example",
    "https://evil.example, https://admin.example.com",
    "https://admin.example.com https://evil.example",
    "https://example.com",
    "https://www.admin.example.com",
    "//admin.example.com",
    "admin.example.com",
    "file://",
    "data:text/html,x",
    "chrome-extension://abcdef",
    "https://xn--admin-example.com",
    "https://admin.example.co",
    "https://admin.example.comm",
    "https://admin.example.com;evil",
    "https://admin_example.com",
    "wss://admin.example.com",
    "https:admin.example.com",
    "https:///admin.example.com",
    "https://[::1]",
    "https://127.0.0.1",
    "http://localhost",
    "http://localhost:3000",
    "https://admin.example.com\t",
    "undefined",
    "true",
    "https://",
    "https://.admin.example.com",
    "https://admin..example.com",
    "https://admin.example.com'",
    'https://admin.example.com"',
    "https://admin.example.com<",
    "https://admin.example.com`",
    "https://admin.example.com{",
    "https://admin.example.com!.evil.example",
    "https://admin.example.com_.evil.example",
    "https://admin.example.com-.evil.example",
    "https://evil.example/https://admin.example.com",
    "https://evil.example?https://admin.example.com",
  ];

  it("answers none of 60 other origins, in requests and preflights", async () => {
    const { handler } = makeHandler(options);
    expect(forged.length).toBe(60);
    // Headers drops white space around a value, which is how it arrives from the wire too.
    for (const origin of forged.filter((text) => text.trim() !== trusted)) {
      for (const method of ["GET", "POST", "OPTIONS"]) {
        const headers = { origin, "access-control-request-method": "POST" };
        const path = method === "GET" ? "/session" : "/sign-in";
        const response = await handler(siteRequest(method, path, { headers }));
        const names = [...response.headers.keys()].filter((name) => name.startsWith("access-control"));
        expect(names, `${method} ${origin}`).toEqual([]);
        if (method === "POST") expect(response.status, origin).toBe(403);
        expect(response.headers.get("vary")).toBe("origin");
      }
    }
  });

  it("names a trusted origin exactly and allows its credentials, in failures as well", async () => {
    const { handler } = makeHandler(options);
    const response = await handler(siteRequest("GET", "/session", { headers: { origin: trusted } }));
    expect(response.status).toBe(401);
    expect(response.headers.get("access-control-allow-origin")).toBe(trusted);
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    const preflight = await handler(
      siteRequest("OPTIONS", "/sessions", {
        headers: { origin: trusted, "access-control-request-method": "DELETE" },
      }),
    );
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-methods")).toBe("GET, HEAD, DELETE, OPTIONS");
    expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization, content-type");
    expect(preflight.headers.get("access-control-allow-origin")).toBe(trusted);
  });

  it("does not exist without trusted origins", async () => {
    const { handler } = makeHandler();
    for (const origin of [siteOrigin, trusted, "null"]) {
      const response = await handler(
        siteRequest("OPTIONS", "/sign-in", { headers: { origin, "access-control-request-method": "POST" } }),
      );
      expect([...response.headers.keys()].filter((name) => /^access-control|^vary/.test(name))).toEqual([]);
      expect(response.headers.get("allow")).toBe("POST, OPTIONS");
    }
  });
});
