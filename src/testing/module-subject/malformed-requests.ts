import type { Route } from "../../contract/route.ts";
import type { SampleRequest } from "../module-samples.ts";

/** Values that have broken something somewhere. */
const oddTexts = [
  "",
  " ",
  "0",
  "-1",
  "1e9",
  "99999999999999999999",
  "NaN",
  "null",
  "' or 1=1 --",
  "%",
  "$1",
  "../..",
  "a\0b",
  "\u202e",
  "\ufffe",
  "x".repeat(3_000),
];
const oddValues = [null, true, 0, -1, 1.5, 1e308, 2 ** 53, {}, [], [null], { length: 1 }, ...oddTexts];

/** Bodies that are no JSON objects, or none that anybody could mean. */
const oddBodies = [
  "",
  "{",
  "null",
  "true",
  "0",
  '""',
  "[]",
  '{"a":1}',
  '{"__proto__":{"admin":true}}',
  '{"a":1,"a":2}',
  '{"\\ud800":"\\udc00"}',
  `${"[".repeat(50)}${"]".repeat(50)}`,
];

export interface MalformedRequest {
  readonly sample: SampleRequest;
  /** Sent in the place of the sample's. */
  readonly body?: string;
  readonly contentType?: string;
}

/**
 * A sample in many wrong ways: each value of its path, its address and its body odd, missing, or not alone.
 * @param names the parameters of the address that the route is known to read
 */
export function malform(
  { method, path, input }: Route,
  { sample, names }: { readonly sample: SampleRequest; readonly names: Iterable<string> },
): readonly MalformedRequest[] {
  const { params = {}, query = {}, body = {} } = sample;
  const segments = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  const ids = ["0", "-", "unknown", "x".repeat(64), "00000000-0000-0000-0000-000000000000"];
  const requests: MalformedRequest[] = [
    ...segments.flatMap((name) =>
      ids.map((id) => ({ sample: { ...sample, params: { ...params, [name]: id } } })),
    ),
    ...[...names, "unknown"].flatMap((name) =>
      oddTexts.map((text) => ({ sample: { ...sample, query: { ...query, [name]: text } } })),
    ),
  ];
  if (method === "GET") return requests;
  if (input === null) return [...requests, { sample, body: '{"a":1}' }, { sample, body: "[]" }];
  const bodies = Object.keys(body).flatMap((field) => [
    ...oddValues.map((value) => ({ ...body, [field]: value })),
    Object.fromEntries(Object.entries(body).filter(([other]) => other !== field)),
  ]);
  return [
    ...requests,
    ...[...bodies, { ...body, unknown: 1 }].map((wrong) => ({ sample: { ...sample, body: wrong } })),
    ...oddBodies.map((wrong) => ({ sample, body: wrong })),
    { sample, body: "a=1", contentType: "application/x-www-form-urlencoded" },
  ];
}
