import { AuthError } from "../../module.ts";
import { normaliseCode } from "./referral-code.ts";
import type { AttributionOptions, ProgramOptions, ReferralOptions, RewardRule } from "./referral-options.ts";

/** The options with their defaults, checked. */
export interface ReferralSettings {
  readonly codeLength: number;
  readonly codePrefix: string;
  readonly allowCustomCodes: boolean;
  readonly reservedCodes: readonly string[];
  readonly isCodeAllowed: (code: string) => boolean;
  readonly maxCodesPerUser: number;
  readonly defaultMaxUses: number | null;
  readonly defaultExpiresInSeconds: number | null;
  readonly requireReferralCode: boolean;
  readonly shareUrl: URL | null;
  readonly attribution: Required<AttributionOptions> | null;
  readonly programs: ReadonlyMap<string, ProgramSettings>;
  readonly defaultProgram: string;
  readonly review: {
    readonly sameAddressWithinSeconds: number;
    readonly sameDevice: boolean;
    readonly maxReferralsPerDay: number;
  };
}

export interface ProgramSettings {
  readonly name: string;
  readonly referrer: RewardRule | null;
  readonly referee: RewardRule | null;
  readonly qualification: "sign_up" | "manual";
  readonly holdingPeriodSeconds: number;
  /** `null`: no cap. */
  readonly maxRewardsPerReferrer: number | null;
}

const day = 86_400;

/** @throws AuthError `configuration_invalid`, naming the option */
export function resolveReferralOptions(options: ReferralOptions): ReferralSettings {
  const programs = Object.entries(options.programs ?? { default: {} }).map(resolveProgram);
  if (programs.length === 0) throw invalid("programs names at least one program");
  const { attribution, review = {} } = options;
  return {
    codeLength: whole(options.codeLength ?? 8, { name: "codeLength", min: 6, max: 32 }),
    codePrefix: prefix(options.codePrefix ?? ""),
    allowCustomCodes: options.allowCustomCodes ?? true,
    reservedCodes: options.reservedCodes ?? [],
    isCodeAllowed: options.isCodeAllowed ?? (() => true),
    maxCodesPerUser: whole(options.maxCodesPerUser ?? 5, { name: "maxCodesPerUser", min: 1 }),
    defaultMaxUses: orNull(options.defaultMaxUses, { name: "defaultMaxUses", min: 1 }),
    defaultExpiresInSeconds: orNull(options.defaultExpiresInSeconds, {
      name: "defaultExpiresInSeconds",
      min: 1,
    }),
    requireReferralCode: options.requireReferralCode ?? false,
    shareUrl: options.shareUrl === undefined ? null : shareUrl(options.shareUrl),
    attribution: attribution ? resolveAttribution(attribution) : null,
    programs: new Map(programs.map((program) => [program.name, program])),
    defaultProgram: programs[0]!.name,
    review: {
      sameAddressWithinSeconds: whole(review.sameAddressWithinSeconds ?? day, {
        name: "review.sameAddressWithinSeconds",
        min: 0,
      }),
      sameDevice: review.sameDevice ?? true,
      maxReferralsPerDay: whole(review.maxReferralsPerDay ?? 20, {
        name: "review.maxReferralsPerDay",
        min: 1,
      }),
    },
  };
}

function resolveAttribution({ touch = "last", windowSeconds = 30 * day }: AttributionOptions) {
  if (touch !== "first" && touch !== "last") throw invalid('attribution.touch is "first" or "last"');
  return { touch, windowSeconds: whole(windowSeconds, { name: "attribution.windowSeconds", min: 60 }) };
}

function resolveProgram([name, options]: [string, ProgramOptions]): ProgramSettings {
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(name)) {
    throw invalid(
      `programs: ${JSON.stringify(name)} is no name; 1 to 40 lower-case letters, digits, - and _`,
    );
  }
  const { qualification = "sign_up", maxRewardsPerReferrer } = options;
  if (qualification !== "sign_up" && qualification !== "manual") {
    throw invalid(`programs.${name}.qualification is "sign_up" or "manual"`);
  }
  const option = (key: string) => `programs.${name}.${key}`;
  return {
    name,
    referrer: resolveRule(options.referrer, option("referrer")),
    referee: resolveRule(options.referee, option("referee")),
    qualification,
    holdingPeriodSeconds: whole(options.holdingPeriodSeconds ?? 0, {
      name: option("holdingPeriodSeconds"),
      min: 0,
    }),
    maxRewardsPerReferrer: orNull(maxRewardsPerReferrer, { name: option("maxRewardsPerReferrer"), min: 0 }),
  };
}

function resolveRule(rule: RewardRule | undefined, name: string): RewardRule | null {
  if (rule === undefined) return null;
  if (typeof rule.unit !== "string" || !/^[^\p{Cc}]{1,32}$/u.test(rule.unit)) {
    throw invalid(`${name}.unit is a text of 1 to 32 characters`);
  }
  return {
    unit: rule.unit,
    amount: whole(rule.amount, { name: `${name}.amount`, min: 1, max: 2 ** 31 - 1 }),
  };
}

interface Range {
  readonly name: string;
  readonly min: number;
  readonly max?: number;
}

function whole(value: number, { name, min, max = 2 ** 31 - 1 }: Range): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(`${name} is a whole number from ${String(min)} to ${String(max)}`);
}

function orNull(value: number | null | undefined, range: Range): number | null {
  return value === null || value === undefined ? null : whole(value, range);
}

function prefix(value: string): string {
  if (/^[0-9A-Za-z-]{0,12}$/.test(value) && (normaliseCode(value) !== "") === (value !== "")) return value;
  throw invalid("codePrefix is up to 12 letters, digits and dashes");
}

function shareUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw invalid('shareUrl is a web address: "https://app.example.com/join"');
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `referrals: ${message}` });
}
