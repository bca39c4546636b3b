import { AuthError } from "../../errors.ts";

export interface SessionOptions {
  /** Unused for this long, a session ends. Default 7 days. */
  readonly idleTimeoutSeconds?: number;
  /** However busy, a session ends after this. Default 30 days (NIST SP 800-63B 2.1.3: reauthenticate every 30 days). */
  readonly absoluteTimeoutSeconds?: number;
  /** At most one write per session in this time. Default 60. */
  readonly refreshIntervalSeconds?: number;
  /** How long after proving who they are a user may change the password. Default 1 day. */
  readonly freshnessSeconds?: number;
  /** With a limit, a sign-in ends the user's oldest sessions beyond it. Default: no limit. */
  readonly maxPerUser?: number | null;
}

export type SessionSettings = Required<SessionOptions>;

const day = 86_400;

/** @throws AuthError `configuration_invalid` */
export function resolveSessionSettings(options: SessionOptions = {}): SessionSettings {
  const absoluteTimeoutSeconds = options.absoluteTimeoutSeconds ?? 30 * day;
  const idleTimeoutSeconds = options.idleTimeoutSeconds ?? Math.min(7 * day, absoluteTimeoutSeconds);
  const refreshIntervalSeconds =
    options.refreshIntervalSeconds ?? Math.min(60, Math.floor(idleTimeoutSeconds / 2));
  const { freshnessSeconds = day, maxPerUser = null } = options;
  assertWhole(
    { idleTimeoutSeconds, absoluteTimeoutSeconds, freshnessSeconds, maxPerUser: maxPerUser ?? 1 },
    1,
  );
  assertWhole({ refreshIntervalSeconds }, 0);
  if (idleTimeoutSeconds > absoluteTimeoutSeconds) {
    throw invalid("session.idleTimeoutSeconds must not be above absoluteTimeoutSeconds");
  }
  if (refreshIntervalSeconds >= idleTimeoutSeconds) {
    throw invalid("session.refreshIntervalSeconds must be below idleTimeoutSeconds");
  }
  return { idleTimeoutSeconds, absoluteTimeoutSeconds, refreshIntervalSeconds, freshnessSeconds, maxPerUser };
}

function assertWhole(settings: Readonly<Record<string, number>>, minimum: number): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!Number.isInteger(value) || value < minimum) {
      throw invalid(`session.${name} must be a whole number from ${String(minimum)}`);
    }
  }
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message });
}
