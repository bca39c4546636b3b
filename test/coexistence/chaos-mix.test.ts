import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { connect } from "../../src/database/connect.ts";
import { isAuthError } from "../../src/errors.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import type { TestHost } from "../support/test-host.ts";
import { endpoints, forEachEndpoint } from "./support/endpoints.ts";
import { callWhile, describeError } from "./support/load.ts";
import { atPublic, countUp, createThings, findThingLoosely } from "./support/things.ts";

const rounds = 25;
/** What callers may see of connections that were killed, and of nothing else. */
const connectionErrors = ["outcome_unknown", "database_unavailable"];

forEachEndpoint("altered tables, emptied sessions and killed connections at once", endpoints.all, (ctx) => {
  async function disturb(owner: TestHost, pool: pg.Pool): Promise<void> {
    for (let i = 0; i < rounds; i += 1) {
      await owner.query(`alter table our_things add column c_${i} int`);
      await owner.query(`alter table wispy.users add column c_${i} text`);
      await owner.query(`alter table wispy.users alter name type ${i % 2 === 0 ? "varchar(300)" : "text"}`);
      await pool.query("discard all").catch(() => undefined);
      if (i % 3 === 0) {
        await owner.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name <> 'owner'",
        );
      }
      await sleep(60);
    }
  }

  it.each(["auto", "named"] as const)(
    "D4-50 chaos-mix: connection-class errors alone, and every write counted once (statements %s)",
    { timeout: 60_000 },
    async (statements) => {
      const owner = ctx.database.open({ direct: true, max: 1 });
      await owner.query("set application_name = 'owner'");
      await owner.query("drop schema if exists wispy cascade");
      await owner.query("drop table if exists our_things");
      for (const text of createThings) await owner.query(text);
      const pool = new pg.Pool({ connectionString: ctx.database.url, max: 8 });
      const database = await connect(pool, { ...atPublic, statements });
      await database.inspect("select pg_backend_pid()");
      const auth = await createAuth({
        database: pool,
        statements,
        password: { hasher: cheapHasher },
        log: () => undefined,
      });
      const credentials = newCredentials();
      const { user, token } = await auth.signUp(credentials);
      const seen: Record<string, number> = {};
      let [counted, unknown] = [0, 0];
      const works = [
        async () => expect(await auth.getSession(token)).toMatchObject({ user: { id: user.id } }),
        async () => expect(await auth.signIn(credentials)).toMatchObject({ user: { id: user.id } }),
        async () =>
          expect(await database.one(findThingLoosely, { id: 5 })).toMatchObject({ label: "thing 5" }),
        () => auth.signUp(newCredentials()),
        async () => {
          try {
            await database.transaction(function* (tx) {
              yield* tx.one(findThingLoosely, { id: 1 });
              yield* tx.run(countUp, { id: 1 });
            });
            counted += 1;
          } catch (error) {
            if (isAuthError(error, "outcome_unknown")) unknown += 1;
            throw error;
          }
        },
      ];
      const { calls, errors } = await callWhile(() => disturb(owner, pool), {
        callers: 15,
        call: (caller) =>
          works[caller % works.length]!().catch((error: unknown) => {
            const text = isAuthError(error) ? `${caller % works.length} ${error.code}` : describeError(error);
            seen[text] = (seen[text] ?? 0) + 1;
            if (!isAuthError(error) || !connectionErrors.includes(error.code)) throw error;
          }),
      });
      console.log(
        `${ctx.endpoint.name}, ${statements}: ${calls} calls, ${counted} counted`,
        seen,
        auth.database.stats().statements,
      );
      expect(errors).toEqual({});
      const n = Number((await owner.query("select n from our_things where id = 1"))[0]!["n"]);
      expect(n).toBeGreaterThanOrEqual(counted);
      expect(n).toBeLessThanOrEqual(counted + unknown);
      await auth.close();
      await pool.end();
    },
  );
});
