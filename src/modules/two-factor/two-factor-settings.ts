import { AuthError } from "../../module.ts";

export interface TwoFactorOptions {
  /** Who the codes are for, as authenticator applications show it: your application's name. */
  readonly issuer: string;
  /**
   * Codes by mail as a second factor, and notices by mail when the factors change. Needs the module `mail`.
   * Default false.
   */
  readonly mail?: boolean;
  /**
   * How many steps of 30 seconds a code may be early or late, for clocks that are not exact: 0 or 1. Default 1 (RFC 6238
   * section 5.2; with 0 a code lives 30 seconds at most, as ASVS 6.5.5 asks).
   */
  readonly window?: 0 | 1;
  /** How long a sign-in waits for its second step. At most, and by default, 600 (ASVS 6.5.5: codes live 10 minutes at most). */
  readonly challengeSeconds?: number;
  /** How long a browser may be trusted that asks to be; 0 for never. Default 30 days. */
  readonly trustedDeviceSeconds?: number;
}

export interface TwoFactorSettings extends Required<TwoFactorOptions> {
  readonly recoveryCodes: number;
  /** Answers to one challenge (ASVS 6.6.3). */
  readonly answersPerChallenge: number;
  readonly emailCodesPerChallenge: number;
  /** Wrong codes after which a user's codes rest, and for how long. */
  readonly failuresBeforeRest: number;
  readonly restSeconds: number;
  /**
   * Wrong codes without a right one between them after which only a recovery code helps: rests alone would let somebody
   * guess for a year (NIST SP 800-63B 3.2.2).
   */
  readonly maxFailures: number;
}

const day = 86_400;

/** @throws AuthError `configuration_invalid` */
export function resolveTwoFactorOptions(options: TwoFactorOptions): TwoFactorSettings {
  const { issuer, mail = false, window = 1, challengeSeconds = 600 } = options;
  const { trustedDeviceSeconds = 30 * day } = options;
  if (typeof issuer !== "string" || issuer.trim() === "" || issuer.includes(":")) {
    throw invalid("issuer is the application's name, without a colon");
  }
  if (window !== 0 && window !== 1) throw invalid("window is 0 or 1");
  if (!isWhole(challengeSeconds, 30, 600)) throw invalid("challengeSeconds is a whole number from 30 to 600");
  if (!isWhole(trustedDeviceSeconds, 0, 400 * day)) {
    throw invalid("trustedDeviceSeconds is a whole number from 0 to 400 days");
  }
  return {
    issuer,
    mail,
    window,
    challengeSeconds,
    trustedDeviceSeconds,
    recoveryCodes: 10,
    answersPerChallenge: 5,
    emailCodesPerChallenge: 3,
    failuresBeforeRest: 5,
    restSeconds: 900,
    maxFailures: 100,
  };
}

function isWhole(value: number, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `twoFactor: ${message}` });
}
