import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

import { AuthError } from "../../errors.ts";

/**
 * Which proxies stand in front of the application: either how many of them (`hops`), or the networks their
 * addresses come from (`cidrs`, for example `["10.0.0.0/8", "fd00::/8"]`).
 */
export type TrustedProxy = { readonly hops: number } | { readonly cidrs: readonly string[] };

export interface AddressSource {
  /** The peer of the socket; null where the runtime does not tell. */
  readonly socketAddress: string | null;
  /** The `X-Forwarded-For` header, several of them joined by commas in order of arrival. */
  readonly forwardedFor: string | null;
}

export type ClientAddressResolver = (source: AddressSource) => string | null;

/** The longest text an address takes: 45 characters of IPv6, two brackets, a port and some room for a zone. */
const longestAddress = 80;

/**
 * The client's address in one canonical spelling, null when none is known.
 *
 * Without `trustedProxy` it is the socket's peer and no header is read, because anyone can send one. With it,
 * `X-Forwarded-For` is read from the right, where the proxies nearest to the application wrote. A chain that
 * is too short or holds something that is no address falls back to the socket's peer.
 */
export function createClientAddressResolver(trustedProxy: TrustedProxy | undefined): ClientAddressResolver {
  if (trustedProxy === undefined) return ({ socketAddress }) => canonicalAddress(socketAddress ?? "");
  return "hops" in trustedProxy ? behindHops(trustedProxy.hops) : behindNetworks(trustedProxy.cidrs);
}

function behindHops(hops: number): ClientAddressResolver {
  if (!Number.isInteger(hops) || hops < 1 || hops > 32)
    throw invalidProxy("trustedProxy.hops must be 1 to 32");
  return ({ socketAddress, forwardedFor }) => {
    // The socket's peer is the first hop, so the client stands `hops` places from the right of the header.
    const due = entriesOf(forwardedFor).at(-hops);
    return canonicalAddress(due ?? "") ?? canonicalAddress(socketAddress ?? "");
  };
}

function behindNetworks(cidrs: readonly string[]): ClientAddressResolver {
  const isProxy = networkTest(cidrs);
  return ({ socketAddress, forwardedFor }) => {
    const socket = canonicalAddress(socketAddress ?? "");
    if (socket === null || !isProxy(socket)) return socket;
    let client = socket;
    for (const entry of entriesOf(forwardedFor).reverse()) {
      const address = canonicalAddress(entry);
      if (address === null) return socket;
      client = address;
      if (!isProxy(address)) break;
    }
    return client;
  };
}

function entriesOf(forwardedFor: string | null): string[] {
  return forwardedFor === null || forwardedFor === "" ? [] : forwardedFor.split(",");
}

function networkTest(cidrs: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [base = "", prefix = "", ...rest] = cidr.split("/");
    const family = isIP(base);
    const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
    const mapped = family === 6 && canonicalAddress(base)?.includes(".") === true;
    if (family === 0 || mapped || rest.length > 0 || bits < 0 || bits > (family === 4 ? 32 : 128)) {
      throw invalidProxy('trustedProxy.cidrs takes networks like "10.0.0.0/8" or "fd00::/8"');
    }
    list.addSubnet(base, bits, family === 4 ? "ipv4" : "ipv6");
  }
  return (address) => list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

/**
 * One spelling per address: port, brackets and zone removed, IPv6 lower-case and shortest (RFC 5952), an
 * IPv4-mapped IPv6 address as IPv4. Null for anything that is no address.
 */
export function canonicalAddress(text: string): string | null {
  if (text.length > longestAddress) return null;
  const bare = withoutPort(text.trim()).replace(/%[^%]*$/, "");
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return null;
  const serialized = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(serialized);
  if (mapped === null) return serialized;
  const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text);
  if (bracketed !== null) return bracketed[1]!.includes(":") ? bracketed[1]! : "";
  const withPort = /^([0-9.]+):\d{1,5}$/.exec(text);
  return withPort === null ? text : withPort[1]!;
}

function invalidProxy(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `${message}.` });
}
