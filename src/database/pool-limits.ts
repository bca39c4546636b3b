/**
 * Limits of a PostgreSQL pool that wispy-auth opens itself. A borrowed pool keeps its own; of these only the two
 * timeouts apply to it.
 */
export interface PoolLimits {
  /** Connections open at once. Default 25. */
  readonly max?: number;
  /** Connections kept open while idle. Default 5. */
  readonly idle?: number;
  /** Age at which a connection is replaced, give or take 10 %. Default 300. */
  readonly lifetimeSeconds?: number;
  /** How long an operation waits for a free connection. Default 5. */
  readonly connectionTimeoutSeconds?: number;
  /** How long a statement waits for its answer; the connection is discarded then. Default 30. */
  readonly statementTimeoutSeconds?: number;
}

export const defaultPoolLimits: Required<PoolLimits> = {
  max: 25,
  idle: 5,
  lifetimeSeconds: 300,
  connectionTimeoutSeconds: 5,
  statementTimeoutSeconds: 30,
};
