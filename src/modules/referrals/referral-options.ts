/** What `referrals()` takes; every option has a default. */
export interface ReferralOptions {
  /** Characters of a made-up code, prefix not counted; 6 to 32. Default 8: about 40 bits. Grows when codes collide. */
  readonly codeLength?: number;
  /** Put before every made-up code: `"ACME-"`. Up to 12 letters, digits and dashes. Default none. */
  readonly codePrefix?: string;
  /** Whether users may choose a code of their own. Default true. */
  readonly allowCustomCodes?: boolean;
  /** Words that no code may be, besides those the module knows. Compared as codes are. */
  readonly reservedCodes?: readonly string[];
  /** The last word on a code that a user chose: an application's list of bad words. Must answer at once. */
  readonly isCodeAllowed?: (code: string) => boolean;
  /** Codes of one user that are not deactivated. Default 5. */
  readonly maxCodesPerUser?: number;
  /** Of codes made without `maxUses`. Default `null`: no limit. */
  readonly defaultMaxUses?: number | null;
  /** Of codes made without `expiresAt`. Default `null`: they do not expire. */
  readonly defaultExpiresInSeconds?: number | null;
  /** Invite-only: no sign-up without a code that can be redeemed. Default false. */
  readonly requireReferralCode?: boolean;
  /** Where share links lead, with the code as `ref`: `"https://app.example.com/join"`. Without it there are no links. */
  readonly shareUrl?: string;
  /** How a link that was followed is remembered until the sign-up. Needs `createAuth({ secret })`. Default: not at all. */
  readonly attribution?: AttributionOptions;
  /** Default: one program called `default`, without rewards. The first is the one of codes made without a program. */
  readonly programs?: Readonly<Record<string, ProgramOptions>>;
  /** What holds a reward until somebody has looked at it. */
  readonly review?: ReviewOptions;
}

export interface AttributionOptions {
  /** Which link counts if several were followed. Default `last`. A code given at sign-up comes before any link. */
  readonly touch?: "first" | "last";
  /** How long a link counts after it was followed. Default 30 days. */
  readonly windowSeconds?: number;
}

/** Rules of one program. Amounts are whole numbers of the smallest unit: cents, credits, days. */
export interface ProgramOptions {
  readonly referrer?: RewardRule;
  readonly referee?: RewardRule;
  /**
   * When a referral counts: at `sign_up`, or when the application says so (`auth.referrals.qualify`), for example
   * after a verified address or a first purchase. Default `sign_up`.
   */
  readonly qualification?: "sign_up" | "manual";
  /** From qualification until a reward is approved by itself (`auth.cleanUp()`); default 0, approved at once. */
  readonly holdingPeriodSeconds?: number;
  /** Rewards of one referrer in this program; referrals beyond it count, and earn the referrer nothing. Default no cap. */
  readonly maxRewardsPerReferrer?: number;
}

export interface RewardRule {
  readonly amount: number;
  /** `"EUR cent"`, `"credit"`: 1 to 32 characters. Balances are kept for each unit. */
  readonly unit: string;
}

export interface ReviewOptions {
  /** Hold when referee and referrer share an IP address within this time. Default 24 hours; 0 looks at none. */
  readonly sameAddressWithinSeconds?: number;
  /** Hold when the referee's browser has been signed in to the referrer's account. Default true. */
  readonly sameDevice?: boolean;
  /**
   * Hold the rewards of referrals beyond this many of one referrer and program in a day of UTC. Exact, whatever happens at
   * once. Default 20.
   */
  readonly maxReferralsPerDay?: number;
}
