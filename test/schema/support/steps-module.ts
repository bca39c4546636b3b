import { table } from "../../../src/database/statements/table.ts";
import { integer, nullable, text } from "../../../src/database/statements/value-type.ts";
import type { Migration, SchemaModule } from "../../../src/schema/migration.ts";

/**
 * A module of `count` migrations, each of several statements: there are many moments at which its migrating can
 * be broken off. Migration 3 creates `step_3` and its index, fills it, and adds a column `step_3` to `step_1`.
 */
export function stepsModule(count: number): SchemaModule {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const columns = numbers.slice(1).map((number) => [stepName(number), nullable(text)] as const);
  return {
    name: "steps",
    migrations: numbers.map(stepMigration),
    tables: numbers.map((number) => {
      const own = { id: integer, body: text };
      return table(stepName(number), number === 1 ? { ...own, ...Object.fromEntries(columns) } : own).info;
    }),
  };
}

export const stepName = (number: number): string => `step_${String(number)}`;

function stepMigration(number: number): Migration {
  const name = stepName(number);
  const statements = [
    `create table {${name}} (id integer not null, body text not null)`,
    `create index {index:${name}_body} on {${name}} (body)`,
    `insert into {${name}} (id, body) values (1, 'first'), (2, 'second')`,
    ...(number === 1 ? [] : [`alter table {step_1} add column ${name} text`]),
  ];
  return { number, name, postgres: statements, sqlite: statements };
}
