import pg from "pg";
import { expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials, testBaseUrl } from "../support/create-test-auth.ts";
import { travelTogether } from "./support/account-journey.ts";
import { endpoints, forEachEndpoint } from "./support/endpoints.ts";
import { callWhile } from "./support/load.ts";

const callers = 50;
const rounds = 2;
const followed = 200;
const statements = 1000;

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

forEachEndpoint("more statements than a pooler follows", endpoints.following, (ctx) => {
  it("D4-15 lru-overflow: the application's thousand drive ours out, and nobody gets an error", async () => {
    const pool = new pg.Pool({ connectionString: ctx.database.url, max: 4 });
    const auth = await createAuth({
      database: pool,
      statements: "named",
      password: { hasher: cheapHasher },
      log: () => undefined,
    });
    const credentials = newCredentials();
    const { token, user } = await auth.signUp(credentials);
    const overflow = async (): Promise<void> => {
      for (let i = 0; i < statements; i += 1) {
        const query = { name: `host_${String(i)}`, text: `select ${String(i)} + $1::int as n`, values: [1] };
        expect((await pool.query<{ n: number }>(query)).rows).toEqual([{ n: i + 1 }]);
      }
    };
    const { errors } = await callWhile(overflow, {
      callers: 4,
      async call(caller) {
        expect(await auth.getSession(token)).toMatchObject({ user: { id: user.id } });
        if (caller === 0) await auth.signIn(credentials);
      },
    });
    expect(errors).toEqual({});
    expect(auth.database.stats()).toMatchObject({ pooler: "present", naming: "named" });
    // No backend holds more than the pooler follows: it has let go of some.
    const { rows } = await pool.query<{ n: number }>("select count(*)::int as n from pg_prepared_statements");
    expect(rows[0]!.n).toBeLessThanOrEqual(followed);
    await auth.close();
    await pool.end();
  });
});
