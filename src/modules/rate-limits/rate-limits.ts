import { AuthError, defineModule, type Attempt, type ModuleContext } from "../../module.ts";
import { callerOf, limitKey, type LimitSubject } from "./limit-key.ts";
import {
  resolveRateLimitOptions,
  type RateLimit,
  type RateLimitOptions,
  type RateLimitSettings,
} from "./limit-settings.ts";
import { findTurn, removeFull, takeTurn } from "./limit-statements.ts";
import { limitsTable } from "./limit-table.ts";
import { createRateLimits } from "./migrations/001-rate-limits.ts";

/** Every so many attempts rows of no use are removed by the way, so that they stay few without a job. */
const attemptsPerSweep = 200;
const rowsPerSweep = 1000;

/**
 * Limits how often something is tried, by the client's address and by the account: for calls of the library as for
 * requests, in the database, shared by all instances.
 *
 * @throws AuthError `configuration_invalid`
 * @example
 * const auth = await createAuth({ database, trustedProxy: { hops: 1 }, modules: [rateLimits()] });
 */
export function rateLimits(options: RateLimitOptions = {}) {
  const settings = resolveRateLimitOptions(options);
  return defineModule({
    name: "rateLimits",
    migrations: [createRateLimits],
    tables: [limitsTable.info],
    statements: [takeTurn, findTurn, removeFull],
    start(context) {
      const { database, clock } = context;
      const sweep = (limit: number): Promise<number> => database.run(removeFull, { now: clock.now(), limit });
      let attempts = 0;
      return {
        api: {},
        hooks: {
          async attempted(attempt) {
            await limitAttempt(context, { settings, attempt });
            attempts += 1;
            if (attempts % attemptsPerSweep !== 0) return;
            await sweep(rowsPerSweep).catch((cause: unknown) => context.log("sweep_failed", cause));
          },
        },
        cleanUp: { turns: sweep },
      };
    },
  });
}

/** @throws AuthError `too_many_requests` */
async function limitAttempt(
  { database, clock }: ModuleContext,
  { settings, attempt }: { readonly settings: RateLimitSettings; readonly attempt: Attempt },
): Promise<void> {
  for (const { key, limit } of turnsOf(settings, attempt)) {
    const now = clock.now();
    const windowMilliseconds = limit.seconds * 1000;
    const turnMilliseconds = Math.max(1, Math.floor(windowMilliseconds / limit.turns));
    const turn = await database.maybeOne(takeTurn, { key, now, turnMilliseconds, windowMilliseconds });
    if (turn !== null) continue;
    const fullAt = (await database.maybeOne(findTurn, { key }))?.fullAt ?? now;
    const wait = fullAt.getTime() + turnMilliseconds - windowMilliseconds - now.getTime();
    throw tooMany(attempt.action, limit, Math.max(1, Math.ceil(wait / 1000)));
  }
}

interface Turn {
  readonly key: string;
  readonly limit: RateLimit;
}

/** What an attempt takes a turn of: the account's limit last, so that a stranger's attempts cannot use it up alone. */
function turnsOf(
  { limits, callersWithoutAddress }: RateLimitSettings,
  { action, client, account }: Attempt,
): readonly Turn[] {
  const own = limits[action] ?? limits["default"]!;
  const turns: Turn[] = [];
  const add = (subject: LimitSubject, value: string, limit: RateLimit): void => {
    turns.push({ key: limitKey(action, subject, value), limit });
  };
  const { address } = own;
  if (address && client.ipAddress !== null) add("address", callerOf(client.ipAddress), address);
  else if (address && callersWithoutAddress !== null) {
    add("address", "unknown", { ...address, turns: address.turns * callersWithoutAddress });
  }
  if (own.account && account !== null) add("account", account, own.account);
  return turns;
}

function tooMany(action: string, { turns, seconds }: RateLimit, retryAfterSeconds: number): AuthError {
  return new AuthError("too_many_requests", {
    message: "Too many attempts; wait before trying again.",
    data: { retryAfterSeconds, policy: { name: action, turns, seconds } },
  });
}
