import { beforeAll, expect, it } from "vitest";
import { createTestAuth, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { travelTogether } from "./support/account-journey.ts";

// The suites under test/suite run on such a pool too (the vitest project pool-of-one); here all at once.
forEachDatabase("one connection for everybody", (ctx) => {
  let host: TestHost;
  let auth: TestAuth;
  beforeAll(async () => {
    host = ctx.database.open({ max: 1 });
    await host.query("create table notes (author text not null)");
    auth = await createTestAuth(ctx, { database: host.native });
  });

  /** A transaction of the application with a sign-up of ours in it. */
  async function writeNoteAndSignUp(): Promise<string> {
    const credentials = newCredentials();
    const prepared = await auth.prepareSignUp(credentials);
    if (host.dialect === "sqlite") {
      const { sqlite } = host;
      sqlite.transaction(() => {
        sqlite.prepare("insert into notes values (?)").run(credentials.email);
        auth.within(sqlite).signUp(prepared);
      })();
      return credentials.email;
    }
    const client = await host.pool.connect();
    try {
      await client.query("begin");
      await client.query("insert into notes values ($1)", [credentials.email]);
      await auth.within(client).signUp(prepared);
      await client.query("commit");
    } finally {
      client.release();
    }
    return credentials.email;
  }

  it(
    "D4-28 pool-of-one: every operation, 20 callers and the application at once, without a hang",
    { timeout: 20_000 },
    async () => {
      const [journeys, authors] = await Promise.all([
        travelTogether(auth, { callers: 20, rounds: 1 }),
        Promise.all(Array.from({ length: 20 }, writeNoteAndSignUp)),
      ]);
      expect(journeys.wrong).toEqual([]);
      for (const author of authors) {
        expect(await auth.users.getByEmail(author)).not.toBeNull();
        expect(await host.query("select 1 from notes where author = $1", [author])).toHaveLength(1);
      }
      if (host.dialect === "postgres") expect(host.pool.totalCount).toBe(1);
    },
  );

  it(
    "D4-28 pool-of-one: migrating and administering at once, without a hang",
    { timeout: 20_000 },
    async () => {
      const user = await auth.users.create({ email: newCredentials().email });
      await Promise.all([
        auth.migrate(),
        auth.users.list({ limit: 5 }),
        auth.users.setPassword(user.id, newCredentials().password),
        auth.migrate(),
        auth.listEvents(user.id),
        auth.users.disable(user.id),
      ]);
      expect(await auth.users.delete(user.id)).toBe(true);
    },
  );
});
