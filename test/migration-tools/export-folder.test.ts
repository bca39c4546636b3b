import { describe, expect, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import type { DialectName } from "../../src/database/database.ts";
import { resolveNamespace, type NamespaceOption } from "../../src/database/namespace.ts";
import { planFolder, type FolderPlan } from "../../src/schema/export-folder.ts";
import {
  formatNames,
  migrationFormats,
  type FormatName,
} from "../../src/schema/export-formats/migration-formats.ts";
import type { SchemaModule } from "../../src/schema/migration.ts";
import { badgesAt, badgesSchema } from "../schema/support/badges-module.ts";

interface Given {
  readonly format?: FormatName;
  readonly dialect?: DialectName;
  readonly namespace?: NamespaceOption;
  readonly modules?: readonly SchemaModule[];
  readonly module?: string;
  readonly contents?: Readonly<Record<string, string>>;
  readonly now?: string;
}

function plan(given: Given = {}): FolderPlan {
  const { format = "prisma", dialect = "postgres", modules = [coreSchema], contents = {} } = given;
  return planFolder({
    format,
    dialect,
    modules,
    module: given.module,
    namespace: resolveNamespace(given.namespace, dialect),
    contents: new Map(Object.entries(contents)),
    now: new Date(given.now ?? "2026-03-04T05:06:07.089Z"),
  });
}

/** The folder after the plan was carried out. */
function carryOut(contents: Readonly<Record<string, string>>, { files }: FolderPlan): Record<string, string> {
  return { ...contents, ...Object.fromEntries(files.map(({ path, text }) => [path, text])) };
}

const pathsOf = ({ files }: FolderPlan): string[] => files.map(({ path }) => path);
const everyFormat = formatNames.flatMap((format) =>
  migrationFormats[format].dialects.map((dialect) => ({ format, dialect })),
);

describe("an empty folder", () => {
  it.each([
    ["prisma", ["20260304050607_wispy_auth_core_001_accounts/migration.sql", "migration_lock.toml"]],
    ["drizzle", ["0000_wispy_auth_core_001_accounts.sql", "meta/0000_snapshot.json", "meta/_journal.json"]],
    ["node-pg-migrate", ["1772600767089_wispy_auth_core_001_accounts.sql"]],
    ["knex", ["20260304050607_wispy_auth_core_001_accounts.cjs"]],
    ["kysely", ["1772600767089_wispy_auth_core_001_accounts.mjs"]],
    ["flyway", ["V1__wispy_auth_core_001_accounts.sql"]],
  ] as const)("gets the files that %s expects", (format, paths) => {
    expect(pathsOf(plan({ format }))).toEqual(paths);
  });

  it.each(everyFormat)("gets the same files each time: $format, $dialect", (given) => {
    expect(plan(given)).toEqual(plan(given));
  });

  it.each(everyFormat)("gets one file for each migration, in order: $format, $dialect", (given) => {
    const { migrations } = plan({ ...given, modules: [coreSchema, badgesSchema] });
    expect(migrations.map(({ migration }) => migration)).toEqual([
      "core/001-accounts",
      "badges/001-badges",
      "badges/002-awards",
      "badges/003-colour",
    ]);
    const paths = migrations.map(({ path }) => path);
    expect([...paths].sort()).toEqual(paths);
  });

  it("gets the migrations of one module alone where that is asked for", () => {
    const { migrations } = plan({ modules: [coreSchema, badgesSchema], module: "badges" });
    expect(migrations.map(({ migration }) => migration)).toEqual(
      badgesSchema.migrations.map(({ number, name }) => `badges/00${String(number)}-${name}`),
    );
  });
});

describe("a file", () => {
  it.each(everyFormat)(
    "holds no transaction of its own unless the tool has none: $format, $dialect",
    (given) => {
      const text = plan(given).files[0]!.text;
      const own = given.format === "prisma" && given.dialect === "sqlite";
      expect(/^\s*[`"]?(begin immediate|begin isolation|commit)\b/m.test(text)).toBe(own);
    },
  );

  it.each(everyFormat)("says that there is no way back: $format, $dialect", (given) => {
    expect(plan(given).files[0]!.text).toMatch(/goes forward only/);
  });

  it.each(["knex", "kysely"] as const)("of %s carries every character of a namespace", (format) => {
    const text = plan({ format, namespace: "a`b\\${c}" }).files[0]!.text;
    expect(text).toContain('create table "a\\`b\\\\\\${c}"."users"');
  });

  it("of flyway is refused for a namespace that Flyway would take for a placeholder", () => {
    expect(() => plan({ format: "flyway", namespace: "${c}" })).toThrow(/placeholder/);
  });

  it("is refused for a database that the tool does not speak to", () => {
    expect(() => plan({ format: "node-pg-migrate", dialect: "sqlite" })).toThrow(/no migrations for sqlite/);
  });
});

describe("a folder that was written to before", () => {
  const first = (given: Given): Record<string, string> =>
    carryOut({}, plan({ ...given, modules: [coreSchema, badgesAt(1)] }));

  it.each(everyFormat)("is left as it is if nothing is new: $format, $dialect", (given) => {
    const again = plan({ ...given, contents: first(given), modules: [coreSchema, badgesAt(1)] });
    expect(again.files).toEqual([]);
    expect(again.migrations.map(({ isNew }) => isNew)).toEqual([false, false]);
  });

  it.each(everyFormat)("gets what is new after what is there: $format, $dialect", (given) => {
    const contents = first(given);
    const next = plan({
      ...given,
      contents,
      modules: [coreSchema, badgesSchema],
      now: "2026-01-01T00:00:00Z",
    });
    const names = (paths: readonly string[]): string[] =>
      paths.flatMap((path) => migrationFormats[given.format].migrationName(path) ?? []);
    const added = names(pathsOf(next));
    expect(added).toHaveLength(2);
    expect([...names(Object.keys(contents)), ...added].sort().slice(-2)).toEqual(added);
    for (const { path, replaces } of next.files) expect(path in contents).toBe(replaces);
  });

  it.each(everyFormat)(
    "keeps a file that was edited, moved or put into another: $format, $dialect",
    (given) => {
      const contents = first(given);
      const { files } = plan({ ...given, modules: [coreSchema, badgesAt(1)] });
      const [core, badges] = files;
      const squashed = `something else\r\n${core!.text.replaceAll("\n", "\r\n")}-- and grants\n${badges!.text}`;
      const { [core!.path]: _core, [badges!.path]: _badges, ...others } = contents;
      const moved = { ...others, "0_squashed.sql": squashed };
      expect(plan({ ...given, contents: moved, modules: [coreSchema, badgesAt(1)] }).files).toEqual([]);
    },
  );

  it.each(everyFormat)("is refused if a file of ours cannot be told any more: $format, $dialect", (given) => {
    const contents = first(given);
    const { files } = plan(given);
    const [file] = files;
    const broken = { ...contents, [file!.path]: file!.text.replace(/^.*\n/, "") };
    expect(() => plan({ ...given, contents: broken })).toThrow(/has lost the line/);
  });

  it.each(everyFormat)("is refused for another namespace: $format, $dialect", (given) => {
    const contents = first(given);
    expect(() => plan({ ...given, contents, namespace: "other" })).toThrow(/give it a folder of its own/);
  });

  it("is refused for another database", () => {
    expect(() => plan({ dialect: "sqlite", contents: first({}) })).toThrow(/on postgres in .* on sqlite in /);
  });
});

describe("a folder of the application's", () => {
  const next = (format: FormatName, path: string): string => {
    const text = format === "drizzle" ? "" : "select 1";
    return pathsOf(plan({ format, contents: { [path]: text } }))[0]!.replace(/_+wispy_auth_.*/, "");
  };

  it.each([
    ["knex", "20200101000000_a.js", "20260304050607"],
    ["knex", "20991231235959_a.js", "21000101000000"],
    ["knex", "0007_a.ts", "0008"],
    ["kysely", "9_a.ts", "10"],
    ["kysely", "2026-03-01_a.ts", "2026-03-04"],
    ["kysely", "2026_03_04_a.ts", "2026_03_05"],
    ["node-pg-migrate", "1600000000000_a.js", "1772600767089"],
    ["node-pg-migrate", "20200101000000000_a.js", "20260304050607089"],
    ["drizzle", "0004_a.sql", "0005"],
    ["drizzle", "1600000000_a.sql", "1772600767"],
    ["prisma", "0_init/migration.sql", "1"],
    ["flyway", "V7__a.sql", "V8"],
    ["flyway", "V1_9__a.sql", "V1.10"],
    ["flyway", "deep/V2.0.3__a.sql", "V2.0.4"],
    ["flyway", "V20200101000000__a.sql", "V20260304050607"],
    ["flyway", "R__views.sql", "V1"],
  ] as const)("of %s is numbered on in its own style: after %s comes %s", (format, path, number) => {
    expect(next(format, path)).toBe(number);
  });

  it("keeps drizzle-kit's journal and goes on from it", () => {
    const entries = [{ idx: 3, version: "7", when: 9_000_000_000_000, tag: "0003_a", breakpoints: true }];
    const contents = {
      "meta/_journal.json": JSON.stringify({ version: "7", dialect: "postgresql", entries }),
      "meta/0003_snapshot.json": JSON.stringify({ id: "x", prevId: "w", version: "7", tables: { a: 1 } }),
      "0003_a.sql": "",
    };
    const { files } = plan({ format: "drizzle", contents });
    expect(files.map(({ path, replaces }) => [path, replaces])).toEqual([
      ["0004_wispy_auth_core_001_accounts.sql", false],
      ["meta/0004_snapshot.json", false],
      ["meta/_journal.json", true],
    ]);
    expect(JSON.parse(files[1]!.text)).toMatchObject({ prevId: "x", tables: { a: 1 } });
    const journal = JSON.parse(files[2]!.text) as { entries: unknown[] };
    expect(journal.entries).toEqual([
      ...entries,
      {
        idx: 4,
        version: "7",
        when: 9_000_000_000_001,
        tag: "0004_wispy_auth_core_001_accounts",
        breakpoints: true,
      },
    ]);
  });

  it("is refused if drizzle-kit's journal is damaged", () => {
    const contents = { "meta/_journal.json": "{", "0003_a.sql": "" };
    expect(() => plan({ format: "drizzle", contents })).toThrow(/_journal\.json holds no JSON/);
  });
});

describe("what the tool must be told", () => {
  const beside = { schema: "public", prefix: "wispy_" };

  it("is nothing where our tables have a schema of their own", () => {
    for (const format of formatNames) expect(plan({ format }).exclusion).toBeNull();
  });

  it("names the tables for Prisma and the prefix for drizzle-kit where they are beside the application's", () => {
    expect(plan({ namespace: beside }).exclusion).toContain(
      'tables: { external: ["public.wispy_migrations","public.wispy_users"',
    );
    expect(plan({ dialect: "sqlite" }).exclusion).toContain('external: ["wispy_migrations","wispy_users"');
    expect(plan({ format: "drizzle", namespace: beside }).exclusion).toContain('tablesFilter: ["!wispy_*"]');
    for (const format of ["knex", "kysely", "flyway"] as const) {
      expect(plan({ format, namespace: beside }).exclusion).toBeNull();
    }
  });
});
