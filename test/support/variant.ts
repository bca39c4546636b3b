import type { DialectName, StatementsMode } from "../../src/database/database.ts";

/** Under which conditions a vitest project runs the suites; see vitest.config.ts. */
export interface Variant {
  readonly databases: readonly DialectName[];
  /** Connections of a host's pool, on PostgreSQL. */
  readonly poolMax: number;
  /** The name of our namespace; `null`: the default. */
  readonly namespace: string | null;
  /** `null`: the default. */
  readonly statements: StatementsMode | null;
  /** Whether PostgreSQL is reached through PgBouncer. */
  readonly pgbouncer: boolean;
}

export const defaultVariant: Variant = {
  databases: ["sqlite", "postgres"],
  poolMax: 10,
  namespace: null,
  statements: null,
  pgbouncer: false,
};

declare module "vitest" {
  interface ProvidedContext {
    variant: Variant;
  }
}
