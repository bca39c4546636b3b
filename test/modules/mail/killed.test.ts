import { afterAll, beforeAll, describe, expect, it, inject } from "vitest";
import type { DeliverUntilKilled } from "../../programs/deliver-until-killed.ts";
import { newCredentials } from "../../support/create-test-auth.ts";
import { buildProgram, type Program } from "../../support/run-program.ts";
import {
  createPostgresDatabase,
  createSqliteDatabase,
  type TestDatabase,
} from "../../support/test-database.ts";
import { startMailCatcher, type MailCatcher } from "./support/mail-catcher.ts";

const databases: readonly (readonly [string, () => Promise<TestDatabase>])[] = [
  ["postgres", () => createPostgresDatabase({ server: inject("postgres") })],
  ["sqlite", createSqliteDatabase],
];

describe.each(databases)("kill -9 (%s)", (_, createDatabase) => {
  let program: Program;
  let database: TestDatabase;
  let server: MailCatcher;
  beforeAll(async () => {
    [program, database, server] = [
      await buildProgram("deliver-until-killed.ts"),
      await createDatabase(),
      await startMailCatcher(),
    ];
  });
  afterAll(async () => {
    await program.remove();
    await database.drop();
    await server.close();
  });

  // Once between the commit and the delivery, at any moment; once with the mail in the hands of the transport.
  it.each(["queued", "sending"])("loses no mail that was %s: the next start delivers it", async (moment) => {
    const { email } = newCredentials();
    const start = (order: Partial<DeliverUntilKilled>) =>
      program.start([
        JSON.stringify({
          database: database.url,
          email,
          smtp: null,
          signUp: false,
          aheadSeconds: 0,
          ...order,
        }),
      ]);
    const first = start({ signUp: true });
    await first.printed(moment);
    first.process.kill("SIGKILL");
    expect(await first.ended).toMatchObject({ signal: "SIGKILL" });
    expect(server.mails.filter(({ recipients }) => recipients.includes(email))).toEqual([]);

    // By then the lease of whoever was killed has ended.
    const next = await start({ smtp: server.url, aheadSeconds: 600 }).ended;
    expect(next).toMatchObject({ code: 0, stdout: "delivered 1\n", stderr: "" });
    expect(server.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
  });
});
