import { adopt, type AdoptReport, type AdoptSettings } from "wispy-auth/adopt";
import { createAuth } from "wispy-auth";
import { cheapHasher, type AuthOptions, type TestAuth } from "../../support/create-test-auth.ts";
import type { SuiteContext } from "../../support/for-each-database.ts";
import type { TestDatabase } from "../../support/test-database.ts";
import type { HostRow, TestHost } from "../../support/test-host.ts";
import { addGoAccounts, goPassword, type GoAccount } from "./go-accounts.ts";
import { createGoTables } from "./go-schema.ts";

/** The password of every account that has one and is not about it. */
export const password = "Correct-Horse-1";

/** A database that the Go library has worked in, and an application that lends its handle to both. */
export interface GoDatabase {
  readonly database: TestDatabase;
  readonly host: TestHost;
  /** Writes accounts as the Go library does, and returns their ids. With `password` unless they say otherwise. */
  add(...accounts: readonly GoAccount[]): Promise<number[]>;
  adopt(settings?: AdoptSettings): Promise<AdoptReport>;
  /** Adopts for good and fails if anybody was held back. */
  apply(settings?: AdoptSettings): Promise<AdoptReport>;
  /** An Auth on the same handle, closed with the suite. */
  auth(overrides?: Partial<AuthOptions>): Promise<TestAuth>;
  /** One of our rows. */
  own(table: string, where?: string): Promise<readonly HostRow[]>;
  /** The new id of an old account. */
  userIdOf(oldId: number): Promise<string>;
}

export async function openGoDatabase(ctx: SuiteContext): Promise<GoDatabase> {
  const database = await ctx.createDatabase();
  const host = database.open();
  await createGoTables(host);
  const hash = await goPassword(password);
  const run = (settings: AdoptSettings = {}): Promise<AdoptReport> =>
    adopt({ database: host.native, ...settings });
  const own = (table: string, where = "true"): Promise<readonly HostRow[]> =>
    host.query(`select * from ${ctx.table(table)} where ${where}`);
  return {
    database,
    host,
    add: (...accounts) =>
      addGoAccounts(
        host,
        accounts.map((account) => ({ passwordHash: hash, ...account })),
      ),
    adopt: run,
    async apply(settings) {
      const report = await run({ ...settings, apply: true });
      if (report.accounts.heldBack > 0) throw new Error(JSON.stringify(report.findings));
      return report;
    },
    async auth(overrides = {}) {
      const auth = await createAuth({
        database: host.native,
        ...overrides,
        password: { hasher: cheapHasher, ...overrides.password },
      });
      ctx.onSuiteEnd(() => auth.close());
      return auth;
    },
    own,
    async userIdOf(oldId) {
      const [row] = await own("adopted_users", `old_id = ${String(oldId)}`);
      return String(row?.["user_id"]);
    },
  };
}
