import { afterAll, beforeAll, expect, it } from "vitest";
import { failuresOf, startTogether } from "../coexistence/support/start-together.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { buildProgram, type Program } from "../support/run-program.ts";
import { openGoDatabase, type GoDatabase } from "./support/go-database.ts";
import { addOddAccounts } from "./support/odd-accounts.ts";
import { countOwnRows, digestOldRows } from "./support/old-rows.ts";

// Each process takes seconds to start on a busy machine.
const slow = { timeout: 180_000 };

let program: Program;
beforeAll(async () => {
  program = await buildProgram("adopt-until-killed.ts");
});
afterAll(() => program.remove());

forEachDatabase("adopt, broken off and at once", (ctx) => {
  const accounts = 120;

  /** Everything of ours but what tells when it was written; in the order of the ids, which are the same every time. */
  const contents = async (go: GoDatabase): Promise<unknown> => ({
    users: await go.own("users", "true order by id"),
    credentials: await go.own("credentials", "true order by user_id"),
    attempts: await go.own("attempts", "true order by key"),
    mapping: (await go.own("adopted_users", "true order by old_id")).map((row) => ({
      ...row,
      adopted_at: null,
    })),
    sources: await go.own("adopted_sources"),
    events: (await go.own("events", "true order by id")).filter((row) => row["type"] !== "user.created"),
    created: (await go.own("events", "type = 'user.created' order by user_id")).map((row) => row["user_id"]),
  });

  /** The same old tables in two databases; the second is adopted in peace. */
  const twice = async (): Promise<{ go: GoDatabase; peaceful: GoDatabase }> => {
    const [go, peaceful] = [await openGoDatabase(ctx), await openGoDatabase(ctx)];
    await addOddAccounts(go, accounts);
    for (const table of ["users", "user_security", "security_events"]) {
      await copyRows({ table, from: go, to: peaceful });
    }
    await peaceful.apply();
    return { go, peaceful };
  };

  it(
    "killed after any batch leaves whole accounts, and the next run completes them with nothing doubled",
    slow,
    async () => {
      const { go, peaceful } = await twice();
      const before = await digestOldRows(go.host);
      // Held at a batch's end it is ended there for certain; let go on, somewhere in what comes after.
      const ends = [
        { line: "ready", held: true },
        { line: "accounts 14;", held: true },
        { line: "accounts 28;", held: false },
        { line: "accounts 21;", held: true },
        { line: "events 28;", held: true },
        { line: "events 14;", held: false },
      ];
      const found: number[] = [];
      for (const { line, held } of ends) {
        const order = { url: go.database.url, batchSize: 7, ...(held ? { holdAfter: line } : {}) };
        const run = program.start([JSON.stringify(order)]);
        await run.printed(`${line}\n`).catch(() => undefined);
        run.process.kill("SIGKILL");
        await run.ended;
        expect(await countHalfAccounts(go)).toBe(0);
        found.push((await go.adopt()).accounts.adoptedBefore);
      }
      expect(found.slice(0, 2)).toEqual([0, 14]);
      expect(found).toEqual(found.toSorted((a, b) => a - b));
      await go.apply({ batchSize: 7 });
      expect(await contents(go)).toEqual(await contents(peaceful));
      expect(await digestOldRows(go.host)).toBe(before);
    },
  );

  it("several at once adopt everybody once", slow, async () => {
    const { go, peaceful } = await twice();
    const order = { url: go.database.url, batchSize: 20 };
    const orders = Array.from({ length: ctx.dialect === "postgres" ? 4 : 2 }, () => order);
    const results = await startTogether(program, orders);
    expect(failuresOf(results)).toBe("");
    const adopted = results.map(({ stdout }) => Number(/"adopted":(\d+)/.exec(stdout)![1]));
    expect(adopted.reduce((sum, count) => sum + count)).toBe((await go.own("users")).length);
    expect(await contents(go)).toEqual(await contents(peaceful));
  });

  /** By one statement: what a killed run had sent may be committed a moment later. */
  async function countHalfAccounts(go: GoDatabase): Promise<number> {
    if (!Object.keys(await countOwnRows(go.host)).some((name) => name.endsWith("adopted_users"))) return 0;
    const [row] = await go.host.query(
      `select count(*) as half from ${ctx.table("users")} u
        full join ${ctx.table("adopted_users")} m on m.user_id = u.id
        full join (select user_id from ${ctx.table("events")} where type = 'user.created') e
          on e.user_id = coalesce(u.id, m.user_id)
        where u.id is null or m.user_id is null or e.user_id is null`,
    );
    return Number(row!["half"]);
  }

  async function copyRows({
    table,
    from,
    to,
  }: {
    table: string;
    from: GoDatabase;
    to: GoDatabase;
  }): Promise<void> {
    if (ctx.dialect === "sqlite") {
      to.host.sqlite.exec(`attach '${from.database.name}' as other`);
      to.host.sqlite.exec(`insert into main.${table} select * from other.${table}`);
      to.host.sqlite.exec("detach other");
      return;
    }
    const [row] = await from.host.query(`select json_agg(t) as rows from ${table} t`);
    await to.host.query(
      `insert into ${table} select * from json_populate_recordset(null::${table}, $1::json)`,
      [JSON.stringify(row!["rows"])],
    );
  }
});
