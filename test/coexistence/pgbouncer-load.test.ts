import pg from "pg";
import { expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, testBaseUrl } from "../support/create-test-auth.ts";
import { travelTogether } from "./support/account-journey.ts";
import { endpoints, forEachEndpoint } from "./support/endpoints.ts";

const callers = 50;
const rounds = 2;

forEachEndpoint("50 callers through the HTTP handler", endpoints.poolers, (ctx) => {
  it.each(["auto", "named"] as const)(
    "all are answered as they should be (statements %s)",
    async (statements) => {
      const pool = new pg.Pool({ connectionString: ctx.database.url, max: 20 });
      const events: string[] = [];
      const auth = await createAuth({
        database: pool,
        statements,
        baseUrl: testBaseUrl,
        password: { hasher: cheapHasher },
        log: ({ event }) => void events.push(event),
      });
      const begun = performance.now();
      const { requests, wrong } = await travelTogether(auth, { callers, rounds });
      const seconds = (performance.now() - begun) / 1000;
      const { naming, statements: sent } = auth.database.stats();
      expect(wrong).toEqual([]);
      expect(requests).toBe(callers * rounds * 17);
      if (statements === "auto") expect(sent.recovered).toEqual({ plan: 0, name: 0, pooler: 0 });
      expect(events.filter((event) => event !== "statements_unnamed")).toEqual([]);
      console.log(
        `${ctx.endpoint.name}, statements ${statements}: ${requests} requests of ${callers} callers in ${seconds.toFixed(1)} s, 0 errors, then ${naming}`,
        sent,
      );
      await auth.close();
      await pool.end();
    },
  );
});
