import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  canonicalAddress,
  createClientAddressResolver,
  type TrustedProxy,
} from "../../src/http/request/client-address.ts";

// The reference: slow, obvious, and written without the code under test. It knows addresses as lists of
// numbers, expands IPv6 by hand, and compares networks bit by bit.

function referenceAddress(text: string): string | null {
  let rest = text.trim();
  if (text.length > 80) return null;
  if (rest.startsWith("[")) {
    const end = rest.indexOf("]");
    if (end < 0) return null;
    const port = rest.slice(end + 1);
    if (port !== "" && !/^:[0-9]{1,5}$/.test(port)) return null;
    rest = rest.slice(1, end);
    if (!rest.includes(":")) return null;
  } else if (rest.split(":").length === 2 && rest.includes(".")) {
    const [host, port] = rest.split(":");
    if (!/^[0-9]{1,5}$/.test(port!)) return null;
    rest = host!;
  }
  const zone = rest.lastIndexOf("%");
  if (zone >= 0) rest = rest.slice(0, zone);
  const v4 = numbersOfV4(rest);
  if (v4 !== null) return v4.join(".");
  const v6 = numbersOfV6(rest);
  if (v6 === null) return null;
  if (v6.slice(0, 5).every((n) => n === 0) && v6[5] === 0xffff) {
    return [v6[6]! >> 8, v6[6]! & 255, v6[7]! >> 8, v6[7]! & 255].join(".");
  }
  return shortestV6(v6);
}

function numbersOfV4(text: string): number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part))) return null;
  const numbers = parts.map(Number);
  return numbers.every((n) => n <= 255) ? numbers : null;
}

function numbersOfV6(text: string): number[] | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(groupsOf);
  if (head === null || tail === null) return null;
  if (tail === undefined) return head!.length === 8 ? head! : null;
  const missing = 8 - head!.length - tail.length;
  return missing < 1 ? null : [...head!, ...Array<number>(missing).fill(0), ...tail];
}

function groupsOf(text: string): number[] | null {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 ? numbersOfV4(part) : null;
    if (v4 !== null) groups.push(v4[0]! * 256 + v4[1]!, v4[2]! * 256 + v4[3]!);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(parseInt(part, 16));
    else return null;
  }
  return groups;
}

function shortestV6(groups: readonly number[]): string {
  const text = groups.map((n) => n.toString(16));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return text.join(":");
  return `${text.slice(0, best.start).join(":")}::${text.slice(best.start + best.length).join(":")}`;
}

function bitsOf(address: string): string {
  const v4 = numbersOfV4(address);
  if (v4 !== null) return `4${v4.map((n) => n.toString(2).padStart(8, "0")).join("")}`;
  return `6${numbersOfV6(address)!
    .map((n) => n.toString(2).padStart(16, "0"))
    .join("")}`;
}

function referenceClient(
  proxy: TrustedProxy | undefined,
  socket: string | null,
  header: string | null,
): string | null {
  const peer = socket === null ? null : referenceAddress(socket);
  if (proxy === undefined) return peer;
  const written = header === null || header === "" ? [] : header.split(",");
  if ("hops" in proxy) {
    const position = written.length - proxy.hops;
    return (position < 0 ? null : referenceAddress(written[position]!)) ?? peer;
  }
  const trusted = (address: string): boolean =>
    proxy.cidrs.some((cidr) => {
      const [base, bits] = cidr.split("/");
      return bitsOf(address).startsWith(bitsOf(base!).slice(0, 1 + Number(bits)));
    });
  if (peer === null || !trusted(peer)) return peer;
  let client = peer;
  for (let index = written.length - 1; index >= 0; index -= 1) {
    const address = referenceAddress(written[index]!);
    if (address === null) return peer;
    client = address;
    if (!trusted(address)) return client;
  }
  return client;
}

const settings: (TrustedProxy | undefined)[] = [
  undefined,
  { hops: 1 },
  { hops: 3 },
  { cidrs: ["10.0.0.0/8", "192.168.1.0/24", "fd00::/8", "203.0.113.7/32"] },
];

const sockets = [
  "10.0.0.1",
  "::ffff:10.0.0.1",
  "198.51.100.4",
  "fd00::1",
  "2001:db8::9",
  "203.0.113.7",
  "",
  null,
];

const entry = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    "10.1.2.3",
    "192.168.1.77",
    "fd12::4",
    "203.0.113.7",
    "::ffff:10.9.9.9",
    "::FFFF:0A00:0001",
  ),
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 65_535 })).map(([address, port]) => `${address}:${port}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 65_535 })).map(([address, port]) => `[${address}]:${port}`),
  fc.constantFrom(
    "unknown",
    "_hidden",
    "",
    " ",
    "127.1",
    "010.0.0.1",
    "0x7f.0.0.1",
    "1.2.3.4.5",
    "[1.2.3.4]",
    "fe80::1%eth0",
  ),
  fc.string({ maxLength: 90 }).filter((text) => !text.includes(",")),
);

const header = fc.option(
  fc
    .array(entry, { maxLength: 6 })
    .chain((entries) => fc.constantFrom(",", ", ", " , ").map((by) => entries.join(by))),
);

describe("RL-05: the client's address", () => {
  it("equals a slow reference for 200 forged headers under each of 4 proxy settings", () => {
    const headers = fc.sample(header, { numRuns: 200, seed: 5 });
    for (const setting of settings) {
      const resolve = createClientAddressResolver(setting);
      for (const socketAddress of sockets) {
        for (const forwardedFor of headers) {
          const expected = referenceClient(setting, socketAddress, forwardedFor);
          expect(resolve({ socketAddress, forwardedFor }), `${socketAddress} ${forwardedFor}`).toBe(expected);
        }
      }
    }
  });

  it("equals the reference for 10,000 random chains", () => {
    const resolvers = settings.map((setting) => createClientAddressResolver(setting));
    fc.assert(
      fc.property(
        fc.nat({ max: 3 }),
        fc.constantFrom(...sockets),
        header,
        (index, socketAddress, forwardedFor) => {
          const expected = referenceClient(settings[index], socketAddress, forwardedFor);
          expect(resolvers[index]!({ socketAddress, forwardedFor })).toBe(expected);
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it("is not changed by anything a client writes before what its proxies append", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.ipV4(), header, (hops, client, forged) => {
        const resolve = createClientAddressResolver({ hops });
        const appended = [client, ...Array<string>(hops - 1).fill("10.0.0.2")].join(", ");
        const forwardedFor = forged === null ? appended : `${forged}, ${appended}`;
        expect(resolve({ socketAddress: "10.0.0.1", forwardedFor })).toBe(client);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is the socket's when no proxy is configured, whatever the header says", () => {
    const resolve = createClientAddressResolver(undefined);
    expect(resolve({ socketAddress: "198.51.100.4", forwardedFor: "1.1.1.1" })).toBe("198.51.100.4");
    expect(resolve({ socketAddress: null, forwardedFor: "1.1.1.1" })).toBe(null);
  });

  it("is the socket's when the chain is shorter than the configured hops", () => {
    const resolve = createClientAddressResolver({ hops: 2 });
    expect(resolve({ socketAddress: "10.0.0.1", forwardedFor: "1.1.1.1" })).toBe("10.0.0.1");
  });

  it("has one spelling", () => {
    for (const text of ["2001:DB8:0:0::1", "[2001:db8::1]:443", "2001:0db8::0001", " 2001:db8::1 "]) {
      expect(canonicalAddress(text)).toBe("2001:db8::1");
    }
    for (const text of ["::ffff:192.0.2.1", "::FFFF:c000:201", "[::ffff:192.0.2.1]:80", "192.0.2.1:80"]) {
      expect(canonicalAddress(text)).toBe("192.0.2.1");
    }
  });

  it("refuses settings that mean nothing", () => {
    const wrong: TrustedProxy[] = [
      { hops: 0 },
      { hops: 1.5 },
      { hops: 33 },
      { cidrs: ["10.0.0.0"] },
      { cidrs: ["10.0.0.0/33"] },
      { cidrs: ["fd00::/129"] },
      { cidrs: ["::ffff:10.0.0.0/104"] },
      { cidrs: ["proxy.internal/8"] },
      { cidrs: ["10.0.0.0/8/8"] },
    ];
    for (const setting of wrong) {
      expect(() => createClientAddressResolver(setting)).toThrow(
        expect.objectContaining({ code: "configuration_invalid" }),
      );
    }
  });
});
