import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { emailVerification } from "wispy-auth/email-verification";
import { mail, memoryTransport } from "wispy-auth/mail";
import { oauth } from "wispy-auth/oauth";
import { passwordReset } from "wispy-auth/password-reset";
import { rateLimits } from "wispy-auth/rate-limits";
import { twoFactor } from "wispy-auth/two-factor";
import { referrals } from "wispy-auth/referrals";
import { adoptSchema } from "../../src/adopt/migrations/adopt-schema.ts";
import type { Namespace } from "../../src/database/database.ts";
import type { Dialect } from "../../src/database/dialects/dialect.ts";
import { postgresDialect } from "../../src/database/dialects/postgres.ts";
import { sqliteDialect } from "../../src/database/dialects/sqlite.ts";
import { statementName } from "../../src/database/execution/naming.ts";
import { compileOne, type AnyStatement } from "../../src/database/statements/compile.ts";
import { moduleSchemas } from "../../src/module-schemas.ts";
import { renderMigration } from "../../src/schema/migration.ts";
import { openSchema } from "../schema/support/open-schema.ts";
import { forEachDatabase } from "../support/for-each-database.ts";

const source = fileURLToPath(new URL("../../src/", import.meta.url));
// The conformance suite declares statements of its own, on tables of its own: they are no part of the library.
const files = (await readdir(source, { recursive: true }))
  .filter((name) => name.endsWith(".ts") && !name.startsWith("testing/"))
  .sort();
const outbox = mail({ from: "no-reply@acme.example", transport: memoryTransport() });
const modules = [
  ...moduleSchemas([
    referrals(),
    outbox,
    oauth({ providers: [] }),
    emailVerification(),
    passwordReset(),
    rateLimits(),
    twoFactor({ issuer: "Acme" }),
  ]),
  adoptSchema,
];
const statements = (await Promise.all(files.filter(isStatementFile).map(readStatements))).flat();

function isStatementFile(name: string): boolean {
  return name.endsWith("-statements.ts");
}

async function readStatements(name: string): Promise<AnyStatement[]> {
  const exported = Object.values((await import(`${source}${name}`)) as Record<string, unknown>);
  return exported.filter(
    (value): value is AnyStatement =>
      typeof value === "object" && value !== null && "body" in value && "hot" in value,
  );
}

// As long as they may be: what the linter lets pass fits in any namespace.
const longest: Namespace = { schema: "s".repeat(63), prefix: "p".repeat(32) };
const dialects: readonly Dialect[] = [postgresDialect, sqliteDialect];
const textsFor = (dialect: Dialect): { id: string; text: string }[] =>
  statements.map((statement) => ({
    id: statement.id,
    text: compileOne(statement, { dialect, namespace: longest }).text,
  }));

/** A subquery, or values unpacked. */
const isNoTable = /^(\(|json_each\(|jsonb_to_recordset\()/;

/** What stands where a table can stand. */
function tablesIn(text: string): string[] {
  const spoken = text
    .replaceAll(/'[^']*'/g, "''")
    .replaceAll(/extract\(epoch from /gi, "extract(")
    .replaceAll(/is (not )?distinct from /gi, "<> ")
    .replaceAll(/\b(do update|for (no key )?update|for share)\b/gi, "");
  const named = [...spoken.matchAll(/\b(?:from|join|into|update|using)\s+([^\s,)]+)/gi)].map(
    (match) => match[1]!,
  );
  // What the statement itself declares: `with f as (...), r as materialized (...)`.
  const own = new Set(
    [...spoken.matchAll(/(?:\bwith|,)\s+(\w+) as (?:materialized )?\(/gi)].map((match) => match[1]!),
  );
  return named.filter((name) => !own.has(name));
}

const identifiersIn = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"]|"")+)"/g)].map((match) => match[1]!.replaceAll('""', '"'));

describe("every statement the library declares", () => {
  it("D4-49 sql-lint: is declared in a file of statements and exported, so that it is looked at here", async () => {
    let declared = 0;
    for (const name of files) {
      const text = await readFile(`${source}${name}`, "utf8");
      const calls = [...text.matchAll(/= statement(?:<[^(]*>)?\(\{/g)].length;
      if (calls > 0) expect(name).toSatisfy(isStatementFile);
      declared += calls;
    }
    expect(statements.length).toBe(declared);
    expect(declared).toBeGreaterThan(10);
  });

  it("D4-49 sql-lint: has an id of its own", () => {
    const ids = statements.map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const id of ids) expect(id).toMatch(/^[a-z_]+\.[a-z_]+$|^[a-z][a-zA-Z]*\.[a-z_]+$/);
  });

  it("D4-49 sql-lint: is one of at most 64 that are named on a connection", () => {
    const hot = statements.filter((statement) => statement.hot);
    expect(hot.length).toBeGreaterThan(0);
    expect(hot.length).toBeLessThanOrEqual(64);
    for (const { text } of textsFor(postgresDialect))
      expect(Buffer.byteLength(statementName(text))).toBeLessThanOrEqual(63);
  });

  it.each(dialects)("D4-49 sql-lint: lists its columns and qualifies its tables for $name", (dialect) => {
    const place =
      dialect.name === "postgres" ? `"${longest.schema}"."${longest.prefix}` : `"${longest.prefix}`;
    for (const { id, text } of textsFor(dialect)) {
      expect(text, id).not.toMatch(/(select|returning|,)\s*\*|\.\s*\*/i);
      expect(text, id).not.toContain(";");
      const tables = tablesIn(text).filter((name) => !isNoTable.test(name));
      expect(tables.length, id).toBeGreaterThan(0);
      for (const table of tables) expect(table.startsWith(place), `${id}: ${table} in ${text}`).toBe(true);
      for (const identifier of identifiersIn(text)) {
        expect(Buffer.byteLength(identifier), `${id}: ${identifier}`).toBeLessThanOrEqual(63);
      }
    }
  });

  it("D4-49 sql-lint: casts its parameters and outputs for PostgreSQL", () => {
    for (const { id, text } of textsFor(postgresDialect)) {
      for (const [parameter] of text.matchAll(/\$\d+(::\w+)?/g)) expect(parameter, id).toContain("::");
      const outputs = text.match(/ as "c\d+"/g) ?? [];
      expect(text.match(/(::\w+|'hex'\)) as "c\d+"/g) ?? [], id).toHaveLength(outputs.length);
    }
  });

  it.each(dialects)(
    "D4-49 sql-lint: the names that $name's migrations give are at most 63 bytes",
    (dialect) => {
      for (const migration of modules.flatMap(({ migrations }) => migrations)) {
        for (const text of renderMigration(migration, { dialect, namespace: longest })) {
          for (const identifier of identifiersIn(text)) {
            expect(Buffer.byteLength(identifier), identifier).toBeLessThanOrEqual(63);
          }
        }
      }
    },
  );
});

forEachDatabase("every statement the library declares", (ctx) => {
  it("D4-49 sql-lint: fits the tables that the migrations make", async () => {
    const { manager, database } = await openSchema(ctx.host, { modules });
    await manager.migrate();
    const dialect = ctx.dialect === "postgres" ? postgresDialect : sqliteDialect;
    for (const statement of statements) {
      const { text } = compileOne(statement, { dialect, namespace: database.namespace });
      if (ctx.dialect === "sqlite") ctx.host.sqlite.prepare(text);
      else await ctx.host.query(`prepare ${statementName(statement.id).replaceAll("-", "_")} as ${text}`);
    }
    await database.close();
  });
});
