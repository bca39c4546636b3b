import { expect, inject, it, onTestFinished } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { resolveNamespace } from "../../src/database/namespace.ts";
import { planFolder } from "../../src/schema/export-folder.ts";
import type { SchemaModule } from "../../src/schema/migration.ts";
import { bothModules, openSchema } from "../schema/support/open-schema.ts";
import { createPostgresDatabase, type TestDatabase } from "../support/test-database.ts";
import { readOurCatalogue } from "./support/our-catalogue.ts";

const createDatabase = async (): Promise<TestDatabase> => {
  const database = await createPostgresDatabase({ server: inject("postgres") });
  onTestFinished(() => database.drop());
  return database;
};

/** The files for PostgreSQL, each one statement. */
function exportFiles(modules: readonly SchemaModule[], namespace = "wispy"): string[] {
  const place = { dialect: "postgres", namespace: resolveNamespace(namespace, "postgres") } as const;
  const options = { format: "prisma", modules, contents: new Map(), now: new Date(0) } as const;
  const { files } = planFolder({ ...options, ...place });
  return files.filter(({ path }) => path.endsWith(".sql")).map(({ text }) => text);
}

it.each(['we"ird', "it's", "100%s", "$wispy$", "back\\slash", "ünïcödé", "a;b", "new\nline"])(
  "a file carries the namespace %j unharmed",
  async (namespace) => {
    const host = (await createDatabase()).open();
    for (const file of exportFiles(bothModules, namespace)) await host.pool.query(file);
    const { manager } = await openSchema(host, { namespace });
    expect(await manager.verify()).toEqual({ drift: [], newer: [] });
  },
);

it("a file changes nothing in a database that migrate was in before", async () => {
  const host = (await createDatabase()).open();
  await (await openSchema(host)).manager.migrate();
  const namespace = resolveNamespace("wispy", "postgres");
  const before = await readOurCatalogue(host, namespace);
  for (const file of exportFiles(bothModules)) await host.pool.query(file);
  expect(await readOurCatalogue(host, namespace)).toEqual(before);
});

it("a file that fails leaves nothing behind, whether or not the tool opens a transaction", async () => {
  const host = (await createDatabase()).open();
  await host.query("create schema wispy");
  await host.query("create table wispy.events (id int)");
  const [file] = exportFiles([coreSchema]);
  await expect(host.pool.query(file!)).rejects.toThrow(/already exists/);
  expect(await host.query("select tablename from pg_tables where schemaname = 'wispy'")).toEqual([
    { tablename: "events" },
  ]);
});

it("a file may ask for something, whose answer goes nowhere", async () => {
  const host = (await createDatabase()).open();
  const asking: SchemaModule = {
    name: "asking",
    tables: [],
    migrations: [{ number: 1, name: "ask", postgres: ["select 'it''s'"], sqlite: ["select 1"] }],
  };
  for (const file of exportFiles([asking])) await host.pool.query(file);
  const { manager } = await openSchema(host, { modules: [asking] });
  expect(await manager.pending()).toEqual([]);
});
