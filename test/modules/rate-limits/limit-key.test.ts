import { expect, it } from "vitest";
import { callerOf } from "../../../src/modules/rate-limits/limit-key.ts";
import { canonicalAddress } from "../../../src/http/request/client-address.ts";

it("RL-04: takes the addresses of one IPv6 network for one caller, in any spelling", () => {
  const callers = new Set<string>();
  for (let host = 0; host < 10_000; host += 1) {
    const [high, low] = [(host * 7919) % 65_536, (host * 104_729) % 65_536].map((part) => part.toString(16));
    callers.add(callerOf(`2001:db8:1:2:${high}:${low}:0:1`));
  }
  expect([...callers]).toEqual(["2001:db8:1:2::/64"]);
  const spellings = [
    "2001:DB8:1:2:0:0:0:9",
    "2001:db8:1:2::9",
    "2001:0db8:0001:0002::0009",
    "[2001:db8:1:2::9]:443",
    "2001:db8:1:2::9%eth0",
  ];
  expect(new Set(spellings.map((one) => callerOf(canonicalAddress(one)!)))).toEqual(callers);
  expect(callerOf("2001:db8:1:3::1")).not.toBe("2001:db8:1:2::/64");
  expect(callerOf("::1")).toBe("0:0:0:0::/64");
  expect(callerOf("fe80::")).toBe("fe80:0:0:0::/64");
});

it("RL-04: takes every IPv4 address for a caller, also where it comes mapped", () => {
  expect(callerOf("192.0.2.1")).toBe("192.0.2.1");
  expect(callerOf(canonicalAddress("::ffff:192.0.2.1")!)).toBe("192.0.2.1");
});
