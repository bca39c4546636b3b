import {
  badField,
  bodyRoutes,
  invalid,
  type Answer,
  type BadRequest,
  type BodyRoute,
} from "./bad-request.ts";

const { createCode, updateCode, checkCode, followLink, setProfile, signUp } = bodyRoutes;

/** Requests that differ in the value of one field. */
function each(
  route: BodyRoute,
  { field, values, ...answer }: { readonly field: string; readonly values: readonly string[] } & Answer,
): readonly BadRequest[] {
  return values.map((json) => badField(route, { field, json, ...answer }));
}

function texts(values: readonly string[]): readonly string[] {
  return values.map((value) => JSON.stringify(value));
}

const numbers = ["0", "-1", "1.5", "1e400", "-0", "2147483648", "9007199254740993", '"5"', "true", "[1]"];
const moments = [
  ...texts(["", "tomorrow", "2020-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", "0000-00-00T00:00:00Z"]),
  ...texts(["2030-02-30T00:00:00Z", "2030-13-01T00:00:00Z", "2030-01-01T25:00:00Z", "2030-01-01"]),
  ...texts(["2030-01-01T00:00:00+02:00", "10000-01-01T00:00:00Z", "+275760-09-13T00:00:00.000Z"]),
  "1893456000000",
];
const programs = [
  ...texts(["nope", "", " default", "__proto__", "constructor", "p".repeat(41)]),
  "null",
  "1",
  '["default"]',
];
const malformedCodes = [
  ...texts(["", "abc", "-abcd", "abcd-", "a--b", "a b c d", "ab\ncd", "äöüß", "＠＠＠＠", "' or 1=1 --"]),
  ...texts(["<script>", "x".repeat(33), "x".repeat(65), "😀😀😀😀"]),
  "null",
];

const notAllowed = { status: 422, code: "referrals.code_not_allowed" };

/** What one route refuses in one field. */
export const badFields: readonly BadRequest[] = [
  ...each(createCode, { field: "program", values: programs, ...invalid }),
  ...each(createCode, { field: "code", values: malformedCodes, ...invalid }),
  ...each(createCode, { field: "code", values: texts(["ADMIN", "adm-1n", "Acme", "wicked"]), ...notAllowed }),
  badField(createCode, { field: "code", json: '"chosen"', ...notAllowed, strict: true }),
  ...each(createCode, {
    field: "code",
    values: texts(["<code>", "<foreignCode>", "<goneCode>"]),
    status: 409,
    code: "referrals.code_taken",
  }),
  badField(createCode, {
    field: "program",
    json: '"default"',
    by: "collector",
    status: 409,
    code: "referrals.too_many_codes",
  }),
  ...each(createCode, { field: "maxUses", values: numbers, ...invalid }),
  ...each(createCode, { field: "expiresAt", values: moments, ...invalid }),
  ...each(updateCode, { field: "maxUses", values: [...numbers, "1"], ...invalid }),
  ...each(updateCode, { field: "expiresAt", values: moments, ...invalid }),
  ...each(updateCode, { field: "paused", values: ["null", "1", '"true"', "[]", "{}"], ...invalid }),
  ...[checkCode, followLink].flatMap((route) =>
    each(
      { ...route, good: {} },
      { field: "code", values: ["null", JSON.stringify("x".repeat(65))], ...invalid },
    ),
  ),
  ...each(setProfile, { field: "program", values: programs, ...invalid }),
  ...each(setProfile, { field: "listed", values: ["null", "1", '"true"', "[]"], ...invalid }),
  ...each(setProfile, {
    field: "displayName",
    values: [
      "null",
      ...texts(["", "   ", "x".repeat(41), "x".repeat(81), "a\nb", "\u202eadA", "A\u200bda", "a\u0007"]),
    ],
    ...invalid,
  }),
  ...each(signUp, { field: "referralCode", values: ["0", "false", '"<long>"'], ...invalid }),
  ...each(signUp, { field: "referralcode", values: ['"<code>"'], ...invalid }),
];

function withoutRedemption(code: string, json: string): BadRequest {
  return badField(signUp, {
    field: "referralCode",
    json,
    status: 422,
    code: `referrals.${code}`,
    strict: true,
  });
}

/** Sign-ups where a code is needed, and that bring none that can be redeemed. */
export const badSignUps: readonly BadRequest[] = [
  ...["null", '""', '"   "'].map((json) => withoutRedemption("code_missing", json)),
  ...["NOBODYS", "----", "' or 1=1 --", "%00", "😀", "<own>", "<owner>", "<removedCode>"].map((code) =>
    withoutRedemption("code_unknown", JSON.stringify(code)),
  ),
  withoutRedemption("code_unknown", '"<disabledCode>"'),
  withoutRedemption("code_used_up", '"<usedUpCode>"'),
  withoutRedemption("code_expired", '"<expiredCode>"'),
  withoutRedemption("code_inactive", '"<pausedCode>"'),
  withoutRedemption("code_inactive", '"<goneCode>"'),
  withoutRedemption("code_inactive", '"<formerCode>"'),
  {
    ...withoutRedemption("self_referral", '"<code>"'),
    name: "a sign-up by the owner of the code with another +tag",
    body: JSON.stringify({ ...signUp.good, email: "<alias>", referralCode: "<code>" }),
  },
];
