import {
  bodyRoutes,
  invalid,
  missing,
  type BadRequest,
  type BodyRoute,
  type SentRequest,
} from "./bad-request.ts";

const ownReports = [
  "/referrals/codes",
  "/referrals/referrals",
  "/referrals/rewards",
  "/referrals/stats",
  "/referrals/profile",
];
const deactivate = { method: "DELETE", path: "/referrals/codes/<own>" };

function named({ method, path, ...rest }: Omit<BadRequest, "name">, what: string): BadRequest {
  return { name: `${method} ${path}: ${what}`, method, path, ...rest };
}

/** Parameters of addresses that are none. */
function badQueries(): readonly BadRequest[] {
  const numbers = ["", "0", "-1", "1.5", "1e1", "+5", "%2050", "abc", "%00", "9999999999", "Infinity", "١"];
  const ids = ["", "x", "<own>x", "<OWN>", "%00", "'%20or%201=1", "__proto__", "{<own>}"];
  const programs = ["", "nope", "__proto__", "%00", "%ff", "default%20"];
  const queries = [
    ...["/referrals/referrals", "/referrals/rewards"].flatMap((path) => [
      ...[...numbers, "101"].map((value) => `${path}?limit=${value}`),
      ...ids.map((value) => `${path}?after=${value}`),
    ]),
    ...[...numbers, "367"].map((value) => `/referrals/stats?days=${value}`),
    ...[...numbers, "101"].map((value) => `/referrals/leaderboard?limit=${value}`),
    // The first of a name counts.
    "/referrals/leaderboard?limit=0&limit=5",
    ...["/referrals/stats", "/referrals/leaderboard", "/referrals/profile"].flatMap((path) =>
      programs.map((value) => `${path}?program=${value}`),
    ),
  ];
  return queries.map((path) => named({ method: "GET", path, ...invalid }, "as a query"));
}

/** Codes that are nobody's, not of this user, or no ids at all. */
function badIds(): readonly BadRequest[] {
  const ids = [
    ..."<foreign> <unknown> <OWN> <referral> <reward> <owner> <code> 0 -1 null undefined %00 ..%2f <own>x".split(
      " ",
    ),
    "00000000-0000-0000-0000-000000000000",
    "x".repeat(65),
  ];
  return ids.flatMap((id) => [
    named({ method: "DELETE", path: `/referrals/codes/${id}`, ...missing }, "as an id"),
    named(
      { method: "PATCH", path: `/referrals/codes/${id}`, body: '{"paused":true}', ...missing },
      "as an id",
    ),
  ]);
}

function badSessions(): readonly BadRequest[] {
  const unauthenticated = { status: 401, code: "unauthenticated" };
  const routes: readonly SentRequest[] = [
    ...ownReports.map((path) => ({ method: "GET", path })),
    deactivate,
    ...Object.values<BodyRoute>(bodyRoutes)
      .filter(({ session }) => session)
      .map(({ method, path, good }) => ({ method, path, body: JSON.stringify(good) })),
  ];
  return routes.flatMap((route) => [
    named({ ...route, by: "nobody", ...unauthenticated }, "without a session"),
    named({ ...route, by: "ended", ...unauthenticated }, "with a session that has ended"),
    ...["Bearer", "Bearer x", "Bearer <own>", "Basic <owner>", `Bearer ${"A".repeat(43)}`].map(
      (authorization) =>
        named({ ...route, by: "nobody", headers: { authorization }, ...unauthenticated }, authorization),
    ),
  ]);
}

/** What another site makes a browser send. */
function badOrigins(): readonly BadRequest[] {
  const routes = [deactivate, ...Object.values<BodyRoute>(bodyRoutes)];
  return routes.flatMap((route) => {
    const body = "good" in route ? JSON.stringify(route.good) : undefined;
    const cookie = "__Host-wispy-session=<owner>";
    return [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      {},
    ].map((headers) =>
      named(
        {
          method: route.method,
          path: route.path,
          body,
          headers: { cookie, ...headers },
          by: "nobody",
          status: 403,
          code: "origin_refused",
        },
        `by cookie, from ${Object.values(headers).join() || "nowhere"}`,
      ),
    );
  });
}

function badMethods(): readonly BadRequest[] {
  const routes = {
    "/referrals/codes": ["PUT", "PATCH", "DELETE"],
    "/referrals/codes/<own>": ["GET", "POST", "PUT"],
    "/referrals/check": ["GET", "PUT"],
    "/referrals/follow": ["GET", "DELETE"],
    "/referrals/referrals": ["POST", "DELETE"],
    "/referrals/rewards": ["POST", "PATCH"],
    "/referrals/stats": ["POST"],
    "/referrals/leaderboard": ["POST", "DELETE"],
    "/referrals/profile": ["POST", "PATCH", "DELETE"],
  };
  const wrong = { status: 405, code: "method_not_allowed" };
  return Object.entries(routes).flatMap(([path, methods]) =>
    methods.map((method) =>
      named({ method, path, body: method === "GET" ? undefined : "{}", ...wrong }, "as a method"),
    ),
  );
}

function badPaths(): readonly BadRequest[] {
  const paths = ["/referrals", "/referrals/", "/referrals/codes/", "/referrals//codes", "/Referrals/codes"];
  const more = ["/referrals/codes/<own>/uses", "/referrals/%63odes", "/referrals/rewards/<reward>"];
  return [...paths, ...more].map((path) => named({ method: "GET", path, ...missing }, "as a path"));
}

function badDeletions(): readonly BadRequest[] {
  const media = { status: 415, code: "unsupported_media_type" };
  return [
    ...['{"id":"<own>"}', "[]", "null", "{"].map((body) => named({ ...deactivate, body, ...invalid }, body)),
    named({ ...deactivate, body: "x", headers: { "content-type": "text/plain" }, ...media }, "text"),
  ];
}

/** What is wrong with where a request goes, how, and by whom. */
export const badAddresses: readonly BadRequest[] = [
  ...badQueries(),
  ...badIds(),
  ...badSessions(),
  ...badOrigins(),
  ...badMethods(),
  ...badPaths(),
  ...badDeletions(),
];
