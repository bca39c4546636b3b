import { badField, bodyRoutes, invalid, type BadRequest, type BodyRoute } from "./bad-request.ts";

/** What is refused on every route that takes a body, whatever the route. */
export const badBodies: readonly BadRequest[] = Object.values<BodyRoute>(bodyRoutes).flatMap((route) => [
  ...malformedBodies(route),
  ...spoiltLeaves(route),
  ...wrongTypes(route),
]);

function malformedBodies(route: BodyRoute): readonly BadRequest[] {
  const { method, path, good } = route;
  const one = (name: string, body: BadRequest["body"]): BadRequest => ({
    name: `${method} ${path}: ${name}`,
    method,
    path,
    body,
    ...invalid,
  });
  const withKey = (key: string): string => JSON.stringify({ ...good, "@@": "x" }).replace("@@", key);
  return [
    one("nothing", ""),
    one("half an object", JSON.stringify({ ...good, x: 1 }).slice(0, -2)),
    ...["null", "[]", "[{}]", '"text"', "1", "true"].map((json) => one(json, json)),
    ...["ownerId", "owner_id", "userId", "id", "uses", "__proto__", "constructor", "prototype"].map((key) =>
      one(`the field ${key}`, withKey(key)),
    ),
    one("a key with NUL", withKey("\\u0000")),
    one("a key twice", `{${'"listed":true,'.repeat(2)}"x":1}`),
    one("what is not UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    {
      ...one("33 KiB", JSON.stringify({ ...good, x: "x".repeat(33 * 1024) })),
      status: 413,
      code: "payload_too_large",
    },
  ];
}

function spoiltLeaves(route: BodyRoute): readonly BadRequest[] {
  return ['"a\\u0000b"', '"\\ud800"', '"\\udc00x"', "1", "true", "[]", "{}", '{"$ne":null}', '["a"]'].map(
    (json) => badField(route, { field: route.leaf, json, ...invalid }),
  );
}

function wrongTypes({ method, path, good }: BodyRoute): readonly BadRequest[] {
  const body = JSON.stringify(good);
  const headers: readonly Readonly<Record<string, string>>[] = [
    { "content-type": "" },
    { "content-type": "text/plain" },
    { "content-type": "application/x-www-form-urlencoded" },
    { "content-type": "application/json; charset=utf-16" },
    { "content-encoding": "gzip" },
  ];
  return headers.map((given) => ({
    name: `${method} ${path}: as ${Object.entries(given).join().replace(/,$/, " none")}`,
    method,
    path,
    // A text would be sent as text/plain where the header is left out.
    body: given["content-type"] === "" ? new TextEncoder().encode(body) : body,
    headers: given,
    status: 415,
    code: "unsupported_media_type",
  }));
}
