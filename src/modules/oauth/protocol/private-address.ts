import { BlockList, isIPv4, isIPv6 } from "node:net";

/** What is not reached over the Internet (IANA's registries of special-purpose addresses, RFC 6890). */
const privateAddresses = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  privateAddresses.addSubnet(network, prefix, "ipv4");
}
// With what carries an IPv4 address inside: 64:ff9b::/96 (RFC 6052), 2002::/16 (RFC 3056) and ::/96 (RFC 4291).
for (const [network, prefix] of [
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  privateAddresses.addSubnet(network, prefix, "ipv6");
}

/** True for a host that is written as an address, or by a name, of this machine or a network of its own. Asks no name server. */
export function isPrivateHost({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (isIPv4(host)) return privateAddresses.check(host, "ipv4");
  if (isIPv6(host)) return privateAddresses.check(host, "ipv6");
  return /(^|\.)(localhost|local|internal|home\.arpa)$/.test(host);
}

/** True for this machine itself, however it is spelled. */
export function isLoopbackHost({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
