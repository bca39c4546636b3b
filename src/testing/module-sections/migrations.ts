import assert from "node:assert/strict";
import type { Module } from "../../contract/module.ts";
import { coreTables } from "../../core/migrations/core-tables.ts";
import type { HostDatabase } from "../host-database.ts";
import { readCatalogue, withoutObjects } from "../module-subject/catalogue-objects.ts";
import {
  applyMigrations,
  migrationLabels,
  oddNamespace,
  onNewDatabase,
  startWith,
  type AnyAuth,
  type ModuleUnderTest,
} from "../module-subject/module-under-test.ts";
import { readStoredRows } from "../module-subject/stored-rows.ts";
import { allAtOnce, newCredentials } from "../subject.ts";
import type { TestRunner } from "../test-runner.ts";

/** How the module's tables come into a database, each test on one of its own. */
export function migrationTests(given: ModuleUnderTest, { it }: TestRunner): void {
  const withModule = (): readonly Module[] => [...given.others(), given.create()];
  const labels = migrationLabels(withModule());

  it("makes its tables on an empty database, after the core's", () =>
    onNewDatabase(given, async (host) => {
      const auth = await startWith(host, { modules: withModule(), migrate: "off" });
      assert.deepEqual(await applyMigrations(auth), labels);
      assert.deepEqual(await applyMigrations(auth), []);
      await auth.close();
    }));

  it("adds to a database in use its own tables alone, with names of its namespace", () =>
    onNewDatabase(given, (host) => addToDatabaseInUse(host, given)));

  it("has its tables made once, whoever starts first and however many start at once", async () => {
    const others = (): readonly Module[] => given.others();
    for (const starts of [
      [others, withModule, others, withModule],
      [withModule, others, withModule, others],
    ]) {
      await onNewDatabase(given, async (host) => {
        const applied = await allAtOnce(starts.length, async (i) => {
          const auth = await startWith(host, { modules: starts[i]!(), migrate: "off" });
          const own = await applyMigrations(auth);
          await auth.close();
          return own;
        });
        assert.deepEqual(applied.flat().toSorted(), labels.toSorted());
      });
    }
  });

  it("finds its tables as it declares them, and a start on them is one statement", () =>
    onNewDatabase(given, async (host) => {
      await (await startWith(host, { modules: withModule() })).close();
      const before = host.statementCount?.();
      const auth = await startWith(host, { modules: withModule() });
      if (before !== undefined) assert.equal(host.statementCount?.(), before + 1);
      await auth.close();
      await (await startWith(host, { modules: withModule(), migrate: "verify" })).close();
      await assertDeclared(host, { module: given.create(), auth });
    }));
}

async function addToDatabaseInUse(host: HostDatabase, given: ModuleUnderTest): Promise<void> {
  const before = await startWith(host, { modules: given.others(), namespace: oddNamespace });
  await before.users.create({ email: newCredentials().email });
  await host.query("create table host_notes (author text not null)");
  await host.query("insert into host_notes (author) values ('Ann')");
  const first = await look(host, before);
  await before.close();
  const module = given.create();
  const modules = [...given.others(), module];
  const auth = await startWith(host, { modules, namespace: oddNamespace, migrate: "off" });
  const others = migrationLabels(given.others());
  const own = migrationLabels(modules).filter((label) => !others.includes(label));
  assert.deepEqual(await applyMigrations(auth), own);
  const second = await look(host, auth);
  assert.deepEqual(withoutObjects(first.catalogue, second.catalogue), [], "something is gone or changed");
  assertOwn(withoutObjects(second.catalogue, first.catalogue), { module, auth });
  assert.deepEqual(second.rows, first.rows, "rows of the core or the application have changed");
  await auth.close();
}

interface Look {
  readonly catalogue: Awaited<ReturnType<typeof readCatalogue>>;
  readonly rows: readonly unknown[];
}

async function look(host: HostDatabase, { database }: AnyAuth): Promise<Look> {
  const rows = [
    await readStoredRows({ host, database }, coreTables),
    await host.query("select author from host_notes"),
  ];
  return { catalogue: await readCatalogue(host), rows };
}

interface Own {
  readonly module: Module;
  readonly auth: AnyAuth;
}

/** @throws AssertionError for an object that belongs to none of the module's tables */
function assertOwn(added: Look["catalogue"], { module, auth }: Own): void {
  const { namespace, dialect } = auth.database;
  const place = dialect === "postgres" ? namespace.schema : "";
  const tables = (module.tables ?? []).map(({ name }) => namespace.prefix + name);
  const strangers = added.filter((object) => object.place !== place || !tables.includes(object.relation));
  assert.deepEqual(strangers, [], "something belongs to none of the tables that the module declares");
  // The names of indexes are one another's neighbours: all of a schema's on PostgreSQL, all of the file's on SQLite.
  const indexes = added.filter(({ kind, name }) => kind === "index" && !name.startsWith("sqlite_autoindex_"));
  for (const { name } of indexes)
    assert.ok(name.startsWith(namespace.prefix), `${name} is not named by {index:}`);
}

/** The other way round than the drift check: what is there is declared, and takes NULL where it is said to. */
async function assertDeclared(host: HostDatabase, { module, auth }: Own): Promise<void> {
  const catalogue = await readCatalogue(host);
  for (const { name, columns } of module.tables ?? []) {
    const relation = auth.database.namespace.prefix + name;
    const live = catalogue.filter((object) => object.relation === relation && object.kind === "column");
    assert.deepEqual(
      live.map((column) => column.name).toSorted(),
      columns.map((column) => column.name).toSorted(),
      `the columns of ${name}`,
    );
    for (const column of columns) {
      const { definition } = live.find((other) => other.name === column.name)!;
      const refusesNull = definition.endsWith(" not null");
      assert.equal(column.type.nullable, !refusesNull, `${name}.${column.name} is ${definition}`);
    }
  }
}
