import { beforeAll, describe, expect, it } from "vitest";
import { referralContracts } from "../../../src/modules/referrals/routes/referral-contracts.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { badAddresses } from "./support/bad-addresses.ts";
import { badBodies } from "./support/bad-bodies.ts";
import { badFields, badSignUps } from "./support/bad-fields.ts";
import { bodyRoutes, toRequest, type BadRequest, type BodyRoute } from "./support/bad-request.ts";
import { everyRow } from "./support/every-row.ts";
import { makeKnownValues } from "./support/known-values.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";

const rewards = { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } };
const maxCodesPerUser = 6;

const badRequests = {
  "whose body is wrong": badBodies,
  "whose field is wrong": badFields,
  "to sign up where a code is needed": badSignUps,
  "whose address, method, session or origin is wrong": badAddresses,
};

forEachDatabase("a bad request to referrals", (ctx) => {
  let open: ReferralAuth;
  let strict: ReferralAuth;
  let values: Readonly<Record<string, string>>;

  beforeAll(async () => {
    open = await createReferralAuth(ctx, {
      programs: { default: rewards, former: rewards },
      attribution: {},
      maxCodesPerUser,
      reservedCodes: ["acme"],
      isCodeAllowed: (code) => !code.includes("wicked"),
    });
    strict = await createReferralAuth(ctx, {
      programs: { default: rewards },
      requireReferralCode: true,
      allowCustomCodes: false,
    });
    values = await makeKnownValues(open, { maxCodesPerUser });
    // Past the life of the code that expires, and not so long that sessions would be written to again.
    for (const { clock } of [open, strict]) clock.advance(2);
  });

  const refuse = async (bad: BadRequest): Promise<void> => {
    const before = await everyRow(ctx);
    const response = await (bad.strict === true ? strict : open).handler(toRequest(bad, values));
    const text = await response.text();
    expect([response.status, text === "" ? null : JSON.parse(text)]).toMatchObject([
      bad.status,
      {
        type: `urn:wispy-auth:error:${bad.code}`,
        title: expect.any(String),
        status: bad.status,
        code: bad.code,
        ...(bad.code === "invalid_input" && { issues: [{ message: expect.any(String) }] }),
      },
    ]);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await everyRow(ctx)).toEqual(before);
  };

  describe.each(Object.entries(badRequests))("%s", (_, rows) => {
    it.each(rows.map((row) => [row.name, row] as const))("%s", (_name, row) => refuse(row));
  });

  it("is bad for one reason alone: without it, each route does its work", async () => {
    for (const { method, path, good } of Object.values<BodyRoute>(bodyRoutes)) {
      const request = toRequest({ method, path, body: JSON.stringify(good) }, values);
      const response = await open.handler(request);
      expect(response.status, `${method} ${path}: ${await response.text()}`).toBeLessThan(300);
    }
  });
});

it("bad requests are sent to every route of referrals", () => {
  const all = Object.values(badRequests).flat();
  const spelling = (path: string): string => path.replace(/\?.*/, "").replace("<own>", ":id");
  for (const { id, method, path } of Object.values(referralContracts)) {
    const sent = all.filter((bad) => bad.method === method && spelling(bad.path) === path);
    expect(sent.length, id).toBeGreaterThan(4);
  }
  expect(new Set(all.map(({ name, body }) => `${name} ${String(body)}`)).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(500);
});
