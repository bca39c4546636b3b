import { afterAll, beforeAll, expect, it } from "vitest";
import { forEachDatabase } from "../support/for-each-database.ts";
import { buildCli, type Cli } from "./support/build-cli.ts";
import { drawStartLine } from "./support/start-line.ts";
import { readLedger } from "./support/read-catalogue.ts";

const processes = 32;

let cli: Cli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

forEachDatabase("wispy-auth migrate", (ctx) => {
  it(
    "succeeds in 32 processes at once on an empty database, and applies each migration once",
    { timeout: 180_000 },
    async () => {
      const { url } = ctx.database;
      const args = ["migrate", "--json", "--database", url];
      const line = await drawStartLine(cli);
      const runs = Array.from({ length: processes }, () => cli.run(args, { env: line.env }));
      await line.release(processes);
      const results = await Promise.all(runs);
      const failed = results.filter(({ code }) => code !== 0);
      expect(failed).toEqual([]);
      const steps = results.flatMap(
        ({ stdout }) => (JSON.parse(stdout) as { migrations: { applied: boolean }[] }).migrations,
      );
      const applied = steps.filter((step) => step.applied).length;
      const ledger = await readLedger(ctx.host);
      expect(applied).toBe(ledger.length);
      expect(new Set(ledger).size).toBe(ledger.length);
      expect((await cli.run(["verify", "--database", url])).code).toBe(0);
      console.log(
        `${ctx.dialect}: ${String(processes)} processes, ${String(failed.length)} failed, ` +
          `${String(applied)} of ${String(ledger.length)} migrations applied, ${String(steps.length - applied)} waits ended with the work done`,
      );
    },
  );
});
