import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials, testBaseUrl } from "../support/create-test-auth.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { travelTogether } from "./support/account-journey.ts";

const settings = [
  "DateStyle=German,DMY",
  "TimeZone=Asia/Kathmandu",
  "bytea_output=escape",
  "standard_conforming_strings=off",
  "extra_float_digits=0",
  "IntervalStyle=sql_standard",
  "search_path=pg_catalog",
  "plan_cache_mode=force_generic_plan",
  "transform_null_equals=on",
  "client_min_messages=debug1",
  "synchronous_commit=off",
  "row_security=off",
];

/** How applications make their pools; none of it may change what we write and read. */
const habits: Readonly<Record<string, pg.PoolConfig>> = {
  "pipelining clients": { pipeline: true },
  "time limits": {
    query_timeout: 10_000,
    statement_timeout: 10_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 10_000,
  },
  "settings of its own": { options: settings.map((one) => `-c ${one}`).join(" ") },
  "parsers of its own": { types: { getTypeParser: () => () => "parsed by the application" } },
};

describe("an application whose pg.Pool is made with", () => {
  it.each(Object.keys(habits))("%s: our rows are the same, and so are its own", async (name) => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const pool = new pg.Pool({ connectionString: database.url, max: 8, ...habits[name] });
    const probe =
      "select 5::int8 as n, true as b, '2020-02-03 04:05:06+00'::timestamptz as t, decode('00ff', 'hex') as y";
    const ofTheApplication = async (): Promise<unknown> => (await pool.query(probe, [])).rows;
    const before = await ofTheApplication();
    const auth = await createAuth({
      database: pool,
      baseUrl: testBaseUrl,
      password: { hasher: cheapHasher },
    });
    expect(await travelTogether(auth, { callers: 5, rounds: 1 })).toMatchObject({ wrong: [] });
    const credentials = { ...newCredentials(), name: "Zoë \\ ' \" 漢 $1" };
    const { user, session, token } = await auth.signUp(credentials, { ipAddress: "2001:db8::1" });
    expect(await auth.getSession(token)).toEqual({ user, session });
    expect(await auth.users.get(user.id)).toEqual(user);
    expect(await auth.listEvents(user.id)).toMatchObject([
      { type: "user.signed_up", occurredAt: user.createdAt, data: {} },
    ]);
    const client = await pool.connect();
    await client.query("begin");
    expect(await auth.within(client).users.update(user.id, { name: "Ann" })).toMatchObject({ name: "Ann" });
    await client.query("commit");
    client.release();
    expect(await auth.migrate()).toMatchObject({ drift: [] });
    await auth.close();
    expect(await ofTheApplication()).toEqual(before);
    await pool.end();
    await database.drop();
  });

  it("the option binary: it is refused, because pg garbles what it reads then", async () => {
    const database = await createPostgresDatabase({ server: inject("postgres") });
    const config: pg.ClientConfig & { binary: boolean } = { connectionString: database.url, binary: true };
    const pool = new pg.Pool(config);
    await expect(createAuth({ database: pool })).rejects.toMatchObject({ code: "configuration_invalid" });
    expect(pool.listenerCount("error")).toBe(0);
    const client = new pg.Client(config);
    await client.connect();
    await expect(createAuth({ database: client })).rejects.toMatchObject({ code: "configuration_invalid" });
    expect((await client.query("select 1::int4 as one")).rows).toEqual([{ one: 1 }]);
    await client.end();
    await pool.end();
    await database.drop();
  });
});
