import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { connect } from "../../src/database/connect.ts";
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/statements/fragment.ts";
import { insertInto, statement } from "../../src/database/statements/statement.ts";
import { table } from "../../src/database/statements/table.ts";
import { integer, uuid } from "../../src/database/statements/value-type.ts";
import { AuthError } from "../../src/errors.ts";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import { startPostgresServer, type PostgresServer } from "../support/postgres-server.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";

const hits = table("hits", { id: uuid });
const counter = table("counter", { n: integer });
const insertHit = statement({
  id: "test.insert_hit",
  hot: true,
  params: { id: uuid },
  row: { id: hits.id },
  sql: (p, row) => sql`${insertInto(hits, p)} returning ${row}`,
});
const count = statement({
  id: "test.count",
  hot: true,
  params: {},
  sql: () => sql`update ${counter} set "n" = ${counter.n} + 1`,
});

/** A write with its id: hit and count in one transaction, or the hit alone in autocommit. */
const writes = {
  transaction: (database: Database, id: string) =>
    database.transaction(function* (tx) {
      yield* tx.one(insertHit, { id });
      yield* tx.run(count, {});
    }),
  autocommit: (database: Database, id: string) => database.one(insertHit, { id }),
};

/** What connection trouble may look like to a caller, and whether the write may have happened. */
const connectionErrors = new Set(["database_unavailable", "connection_timeout", "outcome_unknown"]);

describe.each(["fast", "immediate"] as const)("a server that is restarted (%s) during load", (mode) => {
  let server: PostgresServer;
  let database: TestDatabase;
  let host: TestHost;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    database = await createPostgresDatabase({ server, poolMax: 8 });
    host = database.open();
    await host.query("create table hits (id uuid primary key)");
    await host.query("create table counter (n int not null)");
    await host.query("insert into counter values (0)");
  });
  afterEach(() => database.drop());

  /** Calls `call` over and over from 8 callers; the server goes down and comes back meanwhile. */
  async function restartUnder(call: () => Promise<void>): Promise<void> {
    let over = false;
    const caller = async (): Promise<void> => {
      while (!over) await call();
    };
    const callers = Promise.all(Array.from({ length: 8 }, caller));
    await sleep(500);
    await server.halt(mode);
    await sleep(200);
    await server.resume();
    await sleep(700);
    over = true;
    await callers;
  }

  it.each(["transaction", "autocommit"] as const)(
    "D4-35 server-restart: no write is lost or doubled (%s), and errors are of the connection alone",
    async (kind) => {
      const handle = await connect(host.pool, { namespace: { schema: "public" } });
      await handle.inspect("select pg_backend_pid()");
      const outcomes = new Map<string, string>();
      await restartUnder(async () => {
        const id = randomUUID();
        const outcome = await writes[kind](handle, id).then(
          () => "done",
          (error: unknown) => (error instanceof AuthError ? error.code : `${String(error)}`),
        );
        outcomes.set(id, outcome);
      });
      const written = new Set((await host.query("select id from hits")).map((row) => row["id"]));
      const tally: Record<string, number> = {};
      for (const [id, outcome] of outcomes) {
        tally[outcome] = (tally[outcome] ?? 0) + 1;
        if (outcome === "done") expect(written.has(id)).toBe(true);
        else expect(connectionErrors).toContain(outcome);
        if (outcome !== "done" && outcome !== "outcome_unknown") expect(written.has(id)).toBe(false);
      }
      for (const id of written) expect(outcomes.has(String(id))).toBe(true);
      const [counted] = await host.query("select n from counter");
      expect(counted!["n"]).toBe(kind === "transaction" ? written.size : 0);
      console.log(`${mode}, ${kind}:`, tally);

      const after = randomUUID();
      await writes[kind](handle, after);
      expect(await host.query("select id from hits where id = $1", [after])).toHaveLength(1);
      await handle.close();
    },
  );

  it("D4-35 server-restart: sign-ups that were answered are there once, and no session is forgotten", async () => {
    const auth = await createAuth({ database: host.pool, password: { hasher: cheapHasher } });
    const first = await auth.signUp(newCredentials());
    const answered: string[] = [];
    const codes = new Set<string>();
    await restartUnder(async () => {
      try {
        expect(await auth.getSession(first.token)).toMatchObject({ user: { id: first.user.id } });
        const { user } = await auth.signUp(newCredentials());
        answered.push(user.id);
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        codes.add(error.code);
      }
    });
    for (const code of codes) expect(connectionErrors).toContain(code);
    const ids = new Set((await host.query("select id from wispy.users")).map((row) => row["id"]));
    for (const id of answered) expect(ids).toContain(id);
    const [halves] = await host.query(
      `select count(*)::int as n from wispy.users u where not exists (select 1 from wispy.credentials where user_id = u.id)
        or not exists (select 1 from wispy.events where user_id = u.id)`,
    );
    expect(halves!["n"]).toBe(0);
    expect(await auth.getSession(first.token)).not.toBeNull();
    await auth.close();
  });
});
