import { AuthError } from "../../module.ts";
import type { LimitSubject } from "./limit-key.ts";

/** So many turns in so many seconds; they grow back evenly. */
export interface RateLimit {
  readonly turns: number;
  readonly seconds: number;
}

/** The limits of one action; `null` for none. */
export type ActionLimits = { readonly [S in LimitSubject]?: RateLimit | null };

export interface RateLimitOptions {
  /**
   * Limits by action, in place of the defaults: `{ signIn: { address: { turns: 20, seconds: 60 } } }`. Actions of modules
   * are named after them: `passwordReset.request`. `default` is for those that are not named.
   */
  readonly limits?: Readonly<Record<string, ActionLimits>>;
  /**
   * How many callers share the turns of one where no address is known, because the runtime does not tell it or the
   * application calls the library itself. Default 20. `null` does not limit them by address at all.
   */
  readonly callersWithoutAddress?: number | null;
}

export interface RateLimitSettings {
  readonly limits: Readonly<Record<string, ActionLimits>>;
  readonly callersWithoutAddress: number | null;
}

const minute = 60;
const hour = 3600;

/**
 * Loose enough for an office behind one address, tight enough that trying one password on many accounts, or making many
 * accounts, takes days. What is tried on one account is the lockout's matter; what is mailed to one is ours (OWASP Forgot
 * Password, ASVS 2.4.1).
 */
const defaultLimits: Readonly<Record<string, ActionLimits>> = {
  signIn: { address: { turns: 60, seconds: 5 * minute } },
  signUp: { address: { turns: 20, seconds: hour }, account: { turns: 10, seconds: hour } },
  confirmPassword: { account: { turns: 30, seconds: 15 * minute } },
  "passwordReset.request": {
    address: { turns: 20, seconds: hour },
    account: { turns: 5, seconds: hour },
  },
  "emailVerification.send": {
    address: { turns: 20, seconds: hour },
    account: { turns: 5, seconds: hour },
  },
  "twoFactor.sendCode": { account: { turns: 10, seconds: hour } },
  default: { address: { turns: 120, seconds: 5 * minute }, account: { turns: 60, seconds: 5 * minute } },
};

/** @throws AuthError `configuration_invalid` */
export function resolveRateLimitOptions(options: RateLimitOptions): RateLimitSettings {
  const { limits = {}, callersWithoutAddress = 20 } = options;
  for (const [action, subjects] of Object.entries(limits)) {
    for (const [subject, limit] of Object.entries(subjects)) {
      if (subject !== "address" && subject !== "account")
        throw invalid(`${action} has no limit by ${subject}`);
      if (limit !== null && !isLimit(limit)) {
        throw invalid(`${action}.${subject} takes whole numbers of turns and seconds, up to a year`);
      }
    }
  }
  if (callersWithoutAddress !== null && !isWhole(callersWithoutAddress, 10_000)) {
    throw invalid("callersWithoutAddress is a whole number from 1 to 10,000, or null");
  }
  const all: Record<string, ActionLimits> = { ...defaultLimits };
  for (const [action, subjects] of Object.entries(limits)) all[action] = { ...all[action], ...subjects };
  return { limits: all, callersWithoutAddress };
}

function isLimit({ turns, seconds }: RateLimit): boolean {
  return isWhole(turns, 1_000_000) && isWhole(seconds, 366 * 24 * hour);
}

function isWhole(value: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= maximum;
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `rateLimits: ${message}` });
}
