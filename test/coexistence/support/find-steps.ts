import { expect } from "vitest";
import { stepName } from "../../schema/support/steps-module.ts";
import type { TestHost } from "../../support/test-host.ts";

export interface FoundSteps {
  /** Of the steps module, as the ledger has it. */
  readonly ledger: readonly number[];
  /** Steps of which at least one trace is there: a table, an index, a row or a column. */
  readonly begun: readonly number[];
  /** Steps of which every trace is there. */
  readonly whole: readonly number[];
}

/** What a broken-off migration left, read by one statement. */
export async function findSteps(
  host: TestHost,
  { namespace, stepCount }: { readonly namespace: string; readonly stepCount: number },
): Promise<FoundSteps> {
  const numbers = Array.from({ length: stepCount }, (_, i) => i + 1);
  const rows =
    host.dialect === "postgres"
      ? await host.query(
          `select c.relname as name, (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname like 'step%') as columns
            from pg_class c where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'i')`,
          [namespace],
        )
      : await host.query(
          `select substr(m.name, length($1) + 2) as name,
              (select count(*) from pragma_table_info(m.name) c where m.type = 'table' and c.name like 'step%') as columns
            from sqlite_master m where m.name like $1 || '\\_%' escape '\\'`,
          [namespace],
        );
  const names = new Map(rows.map((row) => [String(row["name"]), Number(row["columns"])]));
  const at = (table: string): string =>
    host.dialect === "postgres" ? `"${namespace}"."${table}"` : `"${namespace}_${table}"`;
  const ledger = names.has("migrations")
    ? (await host.query(`select number from ${at("migrations")} where module = 'steps' order by number`)).map(
        (row) => Number(row["number"]),
      )
    : [];
  const columns = names.get("step_1") ?? 0;
  const begun = numbers.filter(
    (number) => names.has(stepName(number)) || names.has(`${stepName(number)}_body`),
  );
  const whole: number[] = [];
  for (const number of begun) {
    const [count] = await host.query(`select count(*) as n from ${at(stepName(number))}`);
    const complete = Number(count!["n"]) === 2 && names.has(`${stepName(number)}_body`);
    if (complete && (number === 1 || columns >= number - 1)) whole.push(number);
  }
  // A column more than the steps that are there would be a trace of a step that is not.
  expect(columns).toBe(Math.max(0, begun.length - 1));
  return { ledger, begun, whole };
}
