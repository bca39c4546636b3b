import { diagnose, type CheckId, type DiagnoseOptions, type Finding } from "wispy-auth/doctor";
import { createTestAuth, type AuthOptions, type TestAuth } from "../../support/create-test-auth.ts";
import type { SuiteContext } from "../../support/for-each-database.ts";
import type { TestDatabase } from "../../support/test-database.ts";
import type { TestHost } from "../../support/test-host.ts";

/** A database of a test's own, with our tables in it, and a doctor at hand. */
export interface Doctored {
  readonly database: TestDatabase;
  readonly host: TestHost;
  readonly auth: TestAuth;
  /** What one check finds. */
  look(check: CheckId, options?: DiagnoseOptions): Promise<readonly Finding[]>;
  /** Does what the one finding of a check says, which is SQL, and looks again. */
  mend(check: CheckId): Promise<readonly Finding[]>;
}

export async function openDoctored(
  ctx: SuiteContext,
  options: Partial<AuthOptions> & { readonly max?: number } = {},
): Promise<Doctored> {
  const { max, ...authOptions } = options;
  const database = await ctx.createDatabase();
  const host = database.open(max === undefined ? {} : { max });
  const auth = await createTestAuth(ctx, { database: host.native, ...authOptions });
  const look = (check: CheckId, options?: DiagnoseOptions): Promise<readonly Finding[]> =>
    lookAt(auth, check, options);
  return {
    database,
    host,
    auth,
    look,
    async mend(check) {
      const [finding, ...more] = await look(check);
      if (finding?.fix === undefined || more.length > 0) throw new Error(`No single mending of ${check}`);
      for (const statement of finding.fix.split("; ")) await host.query(statement);
      return look(check);
    },
  };
}

/** What one check finds. */
export async function lookAt(
  auth: TestAuth,
  check: CheckId,
  options?: DiagnoseOptions,
): Promise<readonly Finding[]> {
  const findings = await diagnose(auth.database, options);
  return findings.filter((finding) => finding.check === check);
}

/** What a check says that found nothing. */
export function fine(check: CheckId): unknown {
  return [{ check, severity: "ok", message: expectText }];
}

/** Any text, for `toEqual`. */
const expectText = { asymmetricMatch: (value: unknown) => typeof value === "string" && value !== "" };
