import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import type { TestHost } from "../support/test-host.ts";
import { openSchema } from "./support/open-schema.ts";

describe("the ledger's summary, kept in its comment", () => {
  let database: TestDatabase;
  let host: TestHost;
  const readComment = async (): Promise<unknown> =>
    (await host.query("select obj_description('wispy.migrations'::regclass, 'pg_class') as heads"))[0]![
      "heads"
    ];
  const writeComment = (text: string | null): Promise<unknown> =>
    host.query(`comment on table wispy.migrations is ${text === null ? "null" : `'${text}'`}`);

  beforeAll(async () => {
    database = await createPostgresDatabase({ server: inject("postgres") });
    host = database.open();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await host.query("drop schema if exists wispy cascade");
    await (await openSchema(host)).manager.migrate();
  });

  it("says of each module how far it is", async () => {
    const digest = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(JSON.parse((await readComment()) as string)).toEqual({
      core: { version: 1, breaking: 1, digest },
      badges: { version: 3, breaking: 2, digest },
    });
  });

  it("is written again when it was lost, as by a dump without comments", async () => {
    const whole = await readComment();
    await writeComment(null);
    const { manager } = await openSchema(host);
    const states: string[] = [];
    await manager.migrate(({ state }) => states.push(state));
    expect(new Set(states)).toEqual(new Set(["applying", "applied_elsewhere"]));
    expect(await readComment()).toBe(whole);
    expect(await manager.pending()).toEqual([]);
  });

  it.each(["our users, see the handbook", "{}", "[]", "null", '{"core":{"version":"1"}}', '{"core":7}'])(
    "is written again when somebody put %j in its place",
    async (comment) => {
      const whole = await readComment();
      await writeComment(comment);
      const { manager } = await openSchema(host);
      expect(await manager.migrate()).toEqual({ drift: [], newer: [] });
      expect(await readComment()).toBe(whole);
    },
  );

  it("is written again when it is that of an earlier day", async () => {
    const whole = await readComment();
    await host.query("drop schema wispy cascade");
    await (await openSchema(host, { modules: [coreSchema] })).manager.migrate();
    const earlier = (await readComment()) as string;
    await (await openSchema(host)).manager.migrate();
    await writeComment(earlier);
    await (await openSchema(host)).manager.migrate();
    expect(await readComment()).toBe(whole);
  });

  it("is written again when the rows agree with the code and it does not", async () => {
    const whole = (await readComment()) as string;
    await writeComment(whole.replace(/"digest":"[0-9a-f]{4}/, '"digest":"0000'));
    await (await openSchema(host)).manager.migrate();
    expect(await readComment()).toBe(whole);
  });
});
