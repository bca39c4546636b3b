import assert from "node:assert/strict";
import { postgresDialect } from "../../database/dialects/postgres.ts";
import { sqliteDialect } from "../../database/dialects/sqlite.ts";
import type { Namespace } from "../../database/database.ts";
import { checkModules } from "../../check-modules.ts";
import { migrationChecksum, renderMigration } from "../../schema/migration.ts";
import type { ModuleUnderTest } from "../module-subject/module-under-test.ts";
import type { TestRunner } from "../test-runner.ts";

// As long as they may be: what fits here fits in every namespace.
const longest: Namespace = { schema: "s".repeat(63), prefix: "p".repeat(32) };

/** What can be said of a module without a database. */
export function declarationTests({ create, others }: ModuleUnderTest, { it }: TestRunner): void {
  it("calls everything by its own name", async () => {
    const module = create();
    checkModules([...others(), module]);
    for (const [code, { status, title }] of Object.entries(module.errors ?? {})) {
      assert.match(code.slice(module.name.length + 1), /^[a-z][a-z0-9_]*$/, `the error ${code}`);
      assert.ok(
        Number.isInteger(status) && status >= 400 && status < 600,
        `${code} has the status ${status}`,
      );
      assert.notEqual(title, "", `${code} has no title`);
    }
    const ids = (module.statements ?? []).map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)], "two statements have one id");
  });

  it("has the same migrations each time it is made, whatever the moment", async () => {
    const checksums = (create().migrations ?? []).map(migrationChecksum);
    assert.deepEqual((create().migrations ?? []).map(migrationChecksum), checksums);
  });

  it("gives its tables, indexes and constraints names of ours, which no database cuts", async () => {
    for (const dialect of [postgresDialect, sqliteDialect]) {
      for (const migration of create().migrations ?? []) {
        for (const text of renderMigration(migration, { dialect, namespace: longest })) {
          assert.doesNotMatch(text, /;\s*\S/, `one string is one statement: ${text}`);
          for (const name of identifiersIn(text)) {
            assert.ok(Buffer.byteLength(name) <= 63, `${migration.name}: ${name.slice(32)} is too long`);
          }
        }
      }
    }
  });
}

function identifiersIn(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"]|"")+)"/g)].map(([, name]) => name!.replaceAll('""', '"'));
}
