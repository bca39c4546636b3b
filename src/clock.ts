/**
 * The one clock that decides expiry, lockout and timestamps: the application's, injected once. The
 * database's clock is never asked, so two hosts whose clocks differ by d disagree by at most d.
 */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export function addSeconds(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}
