import { describe, expect, it } from "vitest";

import { makeHandler, safeRoutes, siteOrigin, unsafeRoutes } from "./support/make-handler.ts";

/** Another way to write a path that careless routers take for the same. */
type Spelling = (path: string) => string;

const encodings = [
  "%2f",
  "%2F",
  "%5c",
  "%00",
  "%20",
  "%09",
  "%0a",
  "%0d",
  "%2e",
  "%2E",
  "%3b",
  "%25",
  "%23",
  "%3f",
];
const endings = [
  "/",
  "//",
  ";",
  ";a=b",
  ".",
  "..",
  ".json",
  ",",
  ":",
  "@",
  "!",
  "$",
  "&",
  "'",
  "(",
  "*",
  "+",
  "=",
  "~",
  "|",
  "/.",
  "/..;",
  "/index",
  "/%2e",
  " ",
];
const spellings: Spelling[] = [
  ...encodings.flatMap((code): Spelling[] => [
    (path) => path + code,
    (path) => path.replace("/auth/", `/auth${code}`),
    (path) => code + path,
  ]),
  ...endings.map(
    (ending): Spelling =>
      (path) =>
        path + ending,
  ),
  (path) => `/${path}`,
  (path) => `//${path}`,
  (path) => path.replace("/auth/", "/auth//"),
  (path) => path.replace("/auth/", "//auth/"),
  (path) => path.replace("/auth/", "/auth/./"),
  (path) => path.replace("/auth/", "/auth/x/../"),
  (path) => path.replace("/auth/", "/./auth/"),
  (path) => path.replace("/auth/", "/../auth/"),
  (path) => path.replace("/auth/", "/auth/%2e/"),
  (path) => path.replace("/auth/", "/auth/x/%2e%2e/"),
  (path) => path.replace("/auth/", "/auth\\"),
  (path) => path.replace("/auth/", "\\auth/"),
  (path) => path.replace("/auth/", "/auth;/"),
  (path) => path.replace("/auth/", "/auth;x=y/"),
  (path) => path.replace("/auth/", "/Auth/"),
  (path) => path.replace("/auth/", "/AUTH/"),
  (path) => path.replace("/auth/", "/auth/auth/"),
  (path) => path.replace("/auth/", "/"),
  (path) => path.replace("/auth/", "/ａuth/"),
  (path) => path.toUpperCase(),
  (path) => path.replace(/s/, "S"),
  (path) => path.replace(/s/, "ſ"),
  (path) => path.replace(/s/, "%73"),
  (path) => path.replace(/s/, "%53"),
  (path) => path.replace(/e/, "%65"),
  (path) => path.replace(/h$|.$/, (last) => `%${last.charCodeAt(0).toString(16)}`),
  (path) => path.replace("-", "%2d"),
  (path) => path.replace("-", "_"),
  (path) => path.replace("-", ""),
  (path) => path.slice(1),
  (path) => `${siteOrigin}${path}`,
  (path) => `${path}#fragment`,
  (path) => `${path}?/../sign-out`.replace("?", "%3f"),
];

const paths = [...new Set([...safeRoutes, ...unsafeRoutes].map((route) => `/auth${route.path}`))];

/** Another session's id is another address, not another spelling; the third test is about those. */
const otherSession = /^\/auth\/sessions\/[A-Za-z0-9-]{1,64}$/;

describe("RL-09: a route has one spelling", () => {
  it("answers 404 to 100 others of each, as they stand in the request line", async () => {
    const { handler, operations } = makeHandler();
    expect(spellings.length).toBeGreaterThanOrEqual(100);
    for (const path of paths) {
      for (const [index, spell] of spellings.entries()) {
        const written = spell(path);
        if (paths.includes(written) || otherSession.test(written)) continue;
        for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
          const request = new Request(`${siteOrigin}/auth/session`, {
            method,
            headers: { origin: siteOrigin },
          });
          const response = await handler(request, { path: written });
          expect(response.status, `${index}: ${written}`).toBe(404);
        }
      }
    }
    expect(operations.calls).toEqual([]);
  });

  it("answers 404, or as the one route, to what a URL parser makes of them", async () => {
    const { handler } = makeHandler();
    for (const path of paths) {
      for (const spell of spellings) {
        const written = spell(path);
        if (!written.startsWith("/") || !URL.canParse(siteOrigin + written)) continue;
        const url = new URL(siteOrigin + written);
        const response = await handler(new Request(url, { method: "OPTIONS" }));
        const known = paths.includes(url.pathname) || otherSession.test(url.pathname);
        expect(response.status).toBe(known ? 204 : 404);
      }
    }
  });

  it("takes session ids in their canonical spelling alone", async () => {
    const { handler, operations } = makeHandler();
    const ids = [
      "",
      "x",
      ".",
      "..",
      "%30",
      "a".repeat(65),
      "01890000-0000-7000-8000-00000000000",
      "01890000-0000-7000-8000-00000000000A".toUpperCase(),
      "{01890000-0000-7000-8000-000000000002}",
      "1;drop",
      "é",
      "a b",
    ];
    for (const id of ids) {
      const request = new Request(`${siteOrigin}/auth/sessions`, {
        method: "DELETE",
        headers: { origin: siteOrigin, authorization: `Bearer ${"x".repeat(42)}A` },
      });
      const response = await handler(request, { path: `/auth/sessions/${id}` });
      expect(response.status, id).toBe(404);
    }
    expect(operations.calls.map((call) => call.operation).filter((name) => name !== "getSession")).toEqual(
      [],
    );
  });

  it("answers 405 with Allow to a method that a path does not have", async () => {
    const { handler } = makeHandler();
    const expected: Record<string, string> = {
      "/sign-in": "POST, OPTIONS",
      "/session": "GET, HEAD, OPTIONS",
      "/sessions": "GET, HEAD, DELETE, OPTIONS",
      "/user": "DELETE, OPTIONS",
    };
    for (const [path, allow] of Object.entries(expected)) {
      for (const method of ["PUT", "PATCH", "PROPFIND", "get", "Post"]) {
        const request = new Request(`${siteOrigin}/auth${path}`, { method, headers: { origin: siteOrigin } });
        // The Request constructor upper-cases the methods it knows.
        if (allow.split(", ").includes(request.method)) continue;
        const response = await handler(request);
        expect(response.status, `${request.method} ${path}`).toBe(405);
        expect(response.headers.get("allow")).toBe(allow);
      }
    }
  });

  it("serves any base path, the root included", async () => {
    for (const [basePath, path] of [
      ["/api/v1/auth", "/api/v1/auth/health"],
      ["/", "/health"],
    ] as const) {
      const { handler } = makeHandler({ baseUrl: siteOrigin, basePath });
      expect((await handler(new Request(siteOrigin + path))).status).toBe(200);
      expect((await handler(new Request(`${siteOrigin}/auth/health`))).status).toBe(404);
    }
  });
});
