import { hash } from "node:crypto";
import { isIPv6 } from "node:net";

/** Whom a limit counts for. */
export type LimitSubject = "address" | "account";

/** The digest under which a caller's turns are kept. */
export function limitKey(action: string, subject: LimitSubject, value: string): string {
  return hash("sha256", `${action}\0${subject}\0${value}`, "base64url");
}

/**
 * What of an address one caller has: of IPv6 its /64, which is the least that anybody is given (RFC 6177), so that the 2^64
 * addresses in it are one caller.
 */
export function callerOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => "0"), ...rest];
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
}
