import { afterAll, beforeAll, describe, inject } from "vitest";
import type { DialectName, StatementsMode } from "../../src/database/database.ts";
import { createPostgresDatabase, createSqliteDatabase, type TestDatabase } from "./test-database.ts";
import type { TestHost } from "./test-host.ts";
import { defaultVariant, type Variant } from "./variant.ts";

/** The part of `createAuth`'s options that the variant decides. */
export interface VariantAuthOptions {
  readonly namespace?: { readonly schema?: string; readonly prefix?: string };
  readonly statements?: StatementsMode;
}

/** What a suite runs against. `database` and `host` exist inside tests and hooks, not while tests are collected. */
export interface SuiteContext {
  readonly dialect: DialectName;
  readonly variant: Variant;
  /** To be spread into `createAuth`'s options. */
  readonly authOptions: VariantAuthOptions;
  /** The suite's own database, shared by its tests. */
  readonly database: TestDatabase;
  /** The application's handle on `database`, shared by its tests. */
  readonly host: TestHost;
  /** One more empty database; removed when the suite ends. */
  createDatabase(): Promise<TestDatabase>;
  /** One of our tables as it is written in SQL: `table("users")` is `"wispy"."users"` or `"wispy_users"`. */
  table(name: string): string;
  /** Runs when the suite ends, before its databases are removed; the last one first. */
  onSuiteEnd(clean: () => unknown): void;
}

/** Runs a suite of tests on every database of the project's variant. Each run has a database of its own. */
export function forEachDatabase(name: string, suite: (ctx: SuiteContext) => void): void {
  const variant = inject("variant") ?? defaultVariant;
  for (const dialect of variant.databases) describeOn(dialect, { name, variant, suite });
}

/** The same on one of them, for what the others do not have. */
export function forDatabase(dialect: DialectName, name: string, suite: (ctx: SuiteContext) => void): void {
  describeOn(dialect, { name, variant: inject("variant") ?? defaultVariant, suite });
}

function describeOn(
  dialect: DialectName,
  given: {
    readonly name: string;
    readonly variant: Variant;
    readonly suite: (ctx: SuiteContext) => void;
  },
): void {
  const { name, variant, suite } = given;
  const missing = variant.pgbouncer && inject("pgbouncer") === null;
  describe.skipIf(missing)(`${name} (${dialect})`, () => suite(createSuiteContext(dialect, variant)));
}

function createSuiteContext(dialect: DialectName, variant: Variant): SuiteContext {
  const cleanUps: (() => unknown)[] = [];
  let database: TestDatabase | undefined;
  let host: TestHost | undefined;
  const createDatabase = async (): Promise<TestDatabase> => {
    const created = await createVariantDatabase(dialect, variant);
    cleanUps.push(() => created.drop());
    return created;
  };
  beforeAll(async () => {
    database = await createDatabase();
    host = database.open();
  });
  afterAll(async () => {
    for (const clean of cleanUps.reverse()) await clean();
  });
  const place = findNamespace(dialect, variant);
  return {
    dialect,
    variant,
    authOptions: {
      ...(variant.namespace === null ? {} : { namespace: place }),
      ...(variant.statements === null ? {} : { statements: variant.statements }),
    },
    get database() {
      return database ?? failOutsideTest();
    },
    get host() {
      return host ?? failOutsideTest();
    },
    createDatabase,
    table: (table) =>
      dialect === "postgres" ? `${quote(place.schema)}.${quote(table)}` : quote(place.prefix + table),
    onSuiteEnd: (clean) => void cleanUps.push(clean),
  };
}

function createVariantDatabase(dialect: DialectName, variant: Variant): Promise<TestDatabase> {
  if (dialect === "sqlite") return createSqliteDatabase();
  const pooler = variant.pgbouncer ? inject("pgbouncer") : null;
  return createPostgresDatabase({ server: inject("postgres"), pooler, poolMax: variant.poolMax });
}

function findNamespace(dialect: DialectName, variant: Variant): { schema: string; prefix: string } {
  if (dialect === "postgres") return { schema: variant.namespace ?? "wispy", prefix: "" };
  return { schema: "main", prefix: variant.namespace ?? "wispy_" };
}

const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

function failOutsideTest(): never {
  throw new Error(
    "The suite's database exists once its tests run: use it inside `it`, `beforeAll` and the like.",
  );
}
