import type { RequestContext } from "../../module.ts";

/** A code as its owner sees it. */
export interface ReferralCode {
  readonly id: string;
  readonly program: string;
  readonly code: string;
  readonly custom: boolean;
  readonly uses: number;
  /** `null`: no limit. */
  readonly maxUses: number | null;
  readonly status: "active" | "paused" | "deactivated" | "expired" | "used_up";
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  /** `null` without the option `shareUrl`. */
  readonly shareUrl: string | null;
}

export interface CreateCodeInput {
  readonly userId: string;
  readonly program?: string;
  /** A code of the user's own choice: 4 to 32 letters, digits and dashes. Made up if left out. */
  readonly code?: string;
  readonly maxUses?: number | null;
  readonly expiresAt?: Date | null;
}

export interface UpdateCodeInput {
  readonly userId: string;
  readonly codeId: string;
  readonly maxUses?: number | null;
  readonly expiresAt?: Date | null;
  readonly paused?: boolean;
}

/** Why a reward was held. */
export type ReferralSignal =
  | { readonly kind: "same_address" }
  | { readonly kind: "same_device" }
  /** The how many-th it was of its referrer's in the program, on its day of UTC. */
  | { readonly kind: "velocity"; readonly referralsToday: number };

/** What a sign-up says of its code. */
export type RedemptionAnswer =
  | { readonly redeemed: true; readonly program: string }
  | { readonly redeemed: false; readonly reason: RedemptionRefusal };

/** Why a code brought nobody in. In invite-only mode these are the errors `referrals.<reason>` instead. */
export type RedemptionRefusal =
  "code_missing" | "code_unknown" | "code_expired" | "code_used_up" | "code_inactive" | "self_referral";

/** A referral as the referrer sees it: nothing that names the other. */
export interface Referral {
  readonly id: string;
  readonly program: string;
  readonly code: string;
  readonly state: "pending" | "qualified" | "rejected";
  readonly createdAt: Date;
  readonly qualifiedAt: Date | null;
}

export type RewardState = "pending" | "held" | "approved" | "fulfilled" | "reversed" | "rejected";

export interface Reward {
  readonly id: string;
  readonly program: string;
  readonly role: "referrer" | "referee";
  readonly amount: number;
  readonly unit: string;
  readonly state: RewardState;
  /** When it is approved by itself; `null` until the referral qualifies. */
  readonly availableAt: Date | null;
  readonly createdAt: Date;
}

/** A reward that waits for somebody to decide, with all that the application may know. */
export interface RewardUnderReview extends Reward {
  readonly beneficiaryId: string | null;
  readonly referrerId: string | null;
  readonly refereeId: string | null;
  readonly signals: readonly ReferralSignal[];
}

/** Sums by state, in one unit. */
export interface Balance extends Readonly<Record<RewardState, number>> {
  readonly unit: string;
}

export interface DayCount {
  /** UTC, `2026-11-24`. */
  readonly day: string;
  /** Made on that day, whatever became of them. */
  readonly referrals: number;
  /** Qualified on that day, and not rejected since. */
  readonly qualified: number;
}

/** The days add up to the totals, from the first on. */
export interface ReferralStats {
  /** All that were made. */
  readonly referrals: number;
  /** Those that count now. */
  readonly qualified: number;
  readonly balances: readonly Balance[];
  /** The last `days`, oldest first, days without any included. */
  readonly daily: readonly DayCount[];
}

/** Nobody's id: the name a user chose to be shown by. */
export interface LeaderboardEntry {
  readonly rank: number;
  readonly displayName: string;
  readonly qualified: number;
}

/** How a user chose to be on the leaderboard of a program; before any choice, not at all. */
export interface ReferralProfile {
  readonly displayName: string | null;
  readonly listed: boolean;
}

export interface PageOptions {
  /** 1 to 100, default 50. */
  readonly limit?: number;
  /** The id of the last one of the page before. Newest first. */
  readonly after?: string;
}

/** `auth.referrals`: for the application's own code; nothing here asks who is calling. */
export interface Referrals {
  /**
   * @throws AuthError `invalid_input`, `not_found` for a user that is not there, `referrals.too_many_codes`,
   *   `referrals.code_taken`, `referrals.code_not_allowed`
   */
  createCode(input: CreateCodeInput): Promise<ReferralCode>;
  /** Newest first. */
  listCodes(userId: string): Promise<readonly ReferralCode[]>;
  /** @throws AuthError `not_found`, `invalid_input` */
  updateCode(input: UpdateCodeInput): Promise<ReferralCode>;
  /** For good. False if the user has no such code. */
  deactivateCode(target: { readonly userId: string; readonly codeId: string }): Promise<boolean>;
  /**
   * What would become of a sign-up with this code now, in any spelling. Says nothing of its owner. Takes anything. With a
   * context it is a visitor who asks, and takes a turn of a limit where there is one.
   * @throws AuthError what a module that limits attempts refuses
   */
  checkCode(code: string, context?: RequestContext): Promise<RedemptionAnswer>;

  /**
   * Says that whom a referral brought has done what counts. False if the user came by no referral, or it counts
   * already or was rejected.
   */
  qualify(refereeId: string): Promise<boolean>;
  /**
   * Rejects a referral and all its rewards that are not fulfilled. It counts as qualified no more, neither in totals nor
   * on its day. False if there is none or it is rejected already.
   */
  rejectReferral(referralId: string, options: { readonly reason: string }): Promise<boolean>;
  listReferrals(userId: string, page?: PageOptions): Promise<readonly Referral[]>;

  listRewards(userId: string, page?: PageOptions): Promise<readonly Reward[]>;
  balances(userId: string): Promise<readonly Balance[]>;
  /** Rewards that are held, oldest first. */
  listHeldRewards(page?: PageOptions): Promise<readonly RewardUnderReview[]>;
  /**
   * Moves a reward on: held to pending or approved, pending or held to approved or rejected, approved to fulfilled,
   * approved or fulfilled to reversed. Run twice, it is done once.
   * @throws AuthError `not_found`, `referrals.reward_state`
   */
  holdReward(rewardId: string, options: { readonly reason: string }): Promise<Reward>;
  approveReward(rewardId: string, options?: { readonly reason?: string }): Promise<Reward>;
  rejectReward(rewardId: string, options: { readonly reason: string }): Promise<Reward>;
  fulfilReward(rewardId: string, options?: { readonly reason?: string }): Promise<Reward>;
  reverseReward(rewardId: string, options: { readonly reason: string }): Promise<Reward>;

  /** Counters that are kept, never counted. `days` 1 to 366, default 30. */
  stats(
    userId: string,
    options?: { readonly program?: string; readonly days?: number },
  ): Promise<ReferralStats>;
  /** Everybody together. */
  programStats(options?: {
    readonly program?: string;
    readonly days?: number;
  }): Promise<Omit<ReferralStats, "balances">>;
  /** Only those who chose to be listed. `limit` 1 to 100, default 10. */
  leaderboard(options?: {
    readonly program?: string;
    readonly limit?: number;
  }): Promise<readonly LeaderboardEntry[]>;
  /** What `setProfile` was told last. */
  getProfile(userId: string, options?: { readonly program?: string }): Promise<ReferralProfile>;
  /** @throws AuthError `invalid_input` */
  setProfile(userId: string, profile: ReferralProfile & { readonly program?: string }): Promise<void>;

  /**
   * The `Set-Cookie` value that remembers a followed link until the sign-up, or `null` if the code cannot be redeemed,
   * whatever it is. `context` as from `auth.readRequest(request)`, so that a first touch stays.
   */
  attributionCookie(
    code: string,
    context?: { readonly cookies?: Readonly<Record<string, string>> },
  ): Promise<string | null>;

  /**
   * The code of the link that was followed, if it still counts: to show at the sign-up what will be redeemed. `null`
   * for a cookie that is not ours. `context` as from `auth.readRequest(request)`.
   */
  followedCode(context: { readonly cookies?: Readonly<Record<string, string>> }): string | null;
}
