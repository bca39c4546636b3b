/**
 * Where a call comes from, for the session list, the event log and the known-device budget. Nothing here is
 * trusted: text is stripped of control characters and cut to size, and never makes a call fail.
 */
export interface RequestContext {
  /** The client's address, forwarded headers already resolved. */
  readonly ipAddress?: string | null;
  readonly userAgent?: string | null;
  /** The `deviceToken` of an earlier sign-in, if the client still holds one. */
  readonly deviceToken?: string | null;
  /** The modules' own cookies, by the modules' names. */
  readonly cookies?: Readonly<Record<string, string>>;
}
