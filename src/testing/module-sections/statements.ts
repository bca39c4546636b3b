import assert from "node:assert/strict";
import type { Dialect } from "../../database/dialects/dialect.ts";
import { postgresDialect } from "../../database/dialects/postgres.ts";
import { sqliteDialect } from "../../database/dialects/sqlite.ts";
import { compileOne, type AnyStatement } from "../../database/statements/compile.ts";
import type { ValueKind } from "../../database/statements/value-type.ts";
import type { ModuleSubject } from "../module-subject/module-subject.ts";

const exemplars: Record<ValueKind, unknown> = {
  text: "",
  uuid: "01a20a57-ffaa-7450-a8f0-b4dbf90b0641",
  timestamp: new Date(0),
  integer: 1,
  boolean: false,
  bytes: new Uint8Array(),
  json: {},
};

/** What the module says to the database. */
export function statementTests(subject: ModuleSubject): void {
  const { it } = subject.test;
  const { statements = [] } = subject.module;

  it("lists the columns of its statements, one statement each, on both databases", async () => {
    for (const dialect of [postgresDialect, sqliteDialect]) {
      for (const statement of statements) {
        const text = withoutTexts(textOf(statement, { subject, dialect }));
        const message = `${statement.id} (${dialect.name}): ${text}`;
        assert.doesNotMatch(text, /(?:select|returning|,)\s*\*|\.\s*\*/i, message);
        assert.ok(!text.includes(";"), message);
      }
    }
  });

  it("fits its statements to the tables that its migrations leave", async () => {
    const dialect = subject.data.dialect === "postgres" ? postgresDialect : sqliteDialect;
    const { namespace } = subject.data;
    for (const statement of statements) {
      const compiled = compileOne(statement, { dialect, namespace });
      const params = statement.parameters.map(({ name, type }) => [name, exemplars[type.kind]]);
      const call = statement.with(Object.fromEntries(params) as never);
      await assert.doesNotReject(
        subject.data.query(`explain ${compiled.text}`, compiled.encode([call])),
        `${statement.id}: ${compiled.text}`,
      );
    }
  });
}

/** What has been seen of it when everything else has been tried. */
export function declaredStatementTests({ test: { it }, module, watch }: ModuleSubject): void {
  it("runs no statement that it does not declare, and no text that is none", async () => {
    const declared = new Set((module.statements ?? []).map(({ id }) => id));
    const own = [...watch.scripts.statements].filter((id) => id.startsWith(`${module.name}.`));
    assert.deepEqual(
      own.filter((id) => !declared.has(id)),
      [],
    );
    assert.deepEqual([...watch.scripts.texts], []);
  });
}

function textOf(
  statement: AnyStatement,
  { subject, dialect }: { readonly subject: ModuleSubject; readonly dialect: Dialect },
): string {
  return compileOne(statement, { dialect, namespace: subject.data.namespace }).text;
}

function withoutTexts(text: string): string {
  return text.replaceAll(/'[^']*'/g, "''").replaceAll(/"(?:[^"]|"")*"/g, '""');
}
