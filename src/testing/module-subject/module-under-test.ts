import { createAuth, type Auth } from "../../auth.ts";
import type { AuthOptions } from "../../auth-options.ts";
import type { Module } from "../../contract/module.ts";
import { argon2idHasher } from "../../crypto/password-hasher.ts";
import { moduleSchemas } from "../../module-schemas.ts";
import { migrationLabel } from "../../schema/migration.ts";
import type { HostDatabase } from "../host-database.ts";
import type { ModuleSamples } from "../module-samples.ts";

/** A module as the suite takes it: made anew for each start, with those it needs before it. */
export interface ModuleUnderTest {
  readonly create: () => Module;
  readonly others: () => readonly Module[];
  readonly open: () => Promise<HostDatabase>;
  readonly samples: ModuleSamples<Module>;
}

export type AnyAuth = Auth<unknown, readonly Module[]>;

/** A namespace that is quoted wrong if anything is: a schema with quotes in it, and a prefix on top. */
export const oddNamespace = { schema: `Guest's "own"`, prefix: `its "own" ` };

/** Where requests come from, and where the application says it is. */
export const baseUrl = "https://app.example";

/** An `Auth` whose hashing costs next to nothing, and that tells nobody what went wrong unless it is asked to. */
export function startWith(host: HostDatabase, options: Partial<AuthOptions>): Promise<AnyAuth> {
  return createAuth<unknown, readonly Module[]>({
    database: host.database,
    baseUrl,
    secret: "a secret of the conformance suite, long enough to be one",
    log: () => undefined,
    ...options,
    password: { hasher: argon2idHasher({ memoryKiB: 8, passes: 1 }) },
  });
}

/** Opens a database for one test, and ends it whatever happens. */
export async function onNewDatabase(
  { open }: Pick<ModuleUnderTest, "open">,
  work: (host: HostDatabase) => Promise<void>,
): Promise<void> {
  const host = await open();
  try {
    await work(host);
  } finally {
    await host.close();
  }
}

/** The labels of all migrations in the order of application: the core's, those of the others, the module's. */
export function migrationLabels(modules: readonly Module[]): readonly string[] {
  return moduleSchemas(modules).flatMap(({ name, migrations }) =>
    migrations.map((migration) => migrationLabel({ module: name, migration })),
  );
}

/** Brings the tables up to date; the labels of what was applied by it, in order. */
export async function applyMigrations(auth: AnyAuth): Promise<readonly string[]> {
  const applied: string[] = [];
  await auth.migrate(({ migration, state }) => {
    if (state === "applied") applied.push(migration);
  });
  return applied;
}
