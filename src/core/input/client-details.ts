import { hashToken, parseToken } from "../../crypto/token.ts";
import type { RequestContext } from "../request-context.ts";
import { cleanText } from "./plain-text.ts";

/** What is stored of a caller. */
export interface ClientDetails {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** The longest text of an IPv6 address with a zone, rounded up. */
const maximumIpAddressLength = 64;
/** Longer user agents exist; what tells two browsers apart stands in front. */
const maximumUserAgentLength = 512;

export const unknownClient: ClientDetails = { ipAddress: null, userAgent: null };

export function readClientDetails(context: RequestContext = {}): ClientDetails {
  return {
    ipAddress: cleanText(context.ipAddress, maximumIpAddressLength),
    userAgent: cleanText(context.userAgent, maximumUserAgentLength),
  };
}

/** A device token as the caller presented it, well-formed, with its digest. */
export interface PresentedDevice {
  readonly token: string;
  readonly tokenHash: Uint8Array;
}

/** `null` if there is none or it is malformed. */
export function readPresentedDevice(context: RequestContext = {}): PresentedDevice | null {
  const token = parseToken(context.deviceToken);
  return token === null ? null : { token, tokenHash: hashToken("device", token) };
}
