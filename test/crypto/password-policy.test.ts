import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commonPasswords } from "../../src/crypto/common-passwords.ts";
import {
  createPasswordPolicy,
  type PasswordContext,
  type PasswordPolicyOptions,
} from "../../src/crypto/password-policy.ts";
import { isAuthError } from "../../src/errors.ts";
import { fuzzRuns } from "./fuzz-runs.ts";

/** Why the password is refused, or `null` if it may be chosen. */
async function refusal(
  password: string,
  { email = "a@example.com", ...options }: PasswordPolicyOptions & Partial<PasswordContext> = {},
): Promise<string | null> {
  try {
    await createPasswordPolicy(options).check(password, { email });
    return null;
  } catch (error) {
    if (isAuthError(error, "password_rejected")) return error.data.reason;
    throw error;
  }
}

describe("PW-05: length", () => {
  test.each([
    ["nothing", "", "too_short"],
    ["7 letters", "vqzjxkw", "too_short"],
    ["8 letters", "vqzjxkwb", null],
    ["7 emoji, which are 14 UTF-16 units", "🦊🦉🐙🦋🐢🦀🐝", "too_short"],
    ["8 emoji", "🦊🦉🐙🦋🐢🦀🐝🐞", null],
    ["one family of 7 code points", "👨‍👩‍👧‍👦", "too_short"],
    ["7 letters with an accent each, composed", "éèêëàâä", "too_short"],
    ["7 letters with an accent each, decomposed", "éèêëàâä".normalize("NFD"), "too_short"],
    ["8 letters with an accent each, composed", "éèêëàâäç", null],
    ["8 letters with an accent each, decomposed", "éèêëàâäç".normalize("NFD"), null],
    ["one ligature that NFKC makes 18 characters", "\ufdfa", "too_short"],
    ["8 spaces", "        ", null],
    ["8 NULs", "\0".repeat(8), null],
    ["64 letters", "vq".repeat(32), null],
    ["64 emoji", "🦊🐙".repeat(32), null],
    ["1024 bytes", "vq".repeat(512), null],
    ["1025 bytes", `${"vq".repeat(512)}x`, "too_long"],
    ["1024 bytes in 512 letters", "éè".repeat(256), null],
    ["1026 bytes in 513 letters", "é".repeat(513), "too_long"],
    ["10 MB", "x".repeat(10_000_000), "too_long"],
  ])("%s", async (_name, password, expected) => {
    expect(await refusal(password)).toBe(expected);
  });

  test("the bound in bytes is checked before all else", async () => {
    expect(await refusal(`\ud800${"x".repeat(2000)}`)).toBe("too_long");
  });

  test("another minimum is kept, and told", async () => {
    expect(await refusal("vqzjxkwbvqzjxk", { minLength: 15 })).toBe("too_short");
    expect(await refusal("vqzjxkwbvqzjxkw", { minLength: 15 })).toBeNull();
    const policy = createPasswordPolicy({ minLength: 15 });
    await expect(policy.check("short", { email: "a@example.com" })).rejects.toMatchObject({
      data: { reason: "too_short", minLength: 15 },
    });
  });

  test.each([7, 65, 8.5, Number.NaN, 0, -8])(
    "a minimum of %s is refused when the policy is made",
    (minLength) => {
      expect(() => createPasswordPolicy({ minLength })).toThrow(
        expect.objectContaining({ code: "configuration_invalid" }),
      );
    },
  );
});

test.each(["vqzjxkwb\ud800", "\udc00vqzjxkwb", "vqzj\udc00\ud800xkwb"])(
  "PW-07: a password with a lone surrogate is refused (%#)",
  async (password) => {
    expect(await refusal(password)).toBe("ill_formed");
  },
);

describe("PW-08: common passwords and the names at hand", () => {
  test("there are more than 3,000 of them, all of the minimum length, in the form they are compared in", () => {
    expect(commonPasswords.size).toBeGreaterThan(11_000);
    for (const password of commonPasswords) {
      expect(Array.from(password).length).toBeGreaterThanOrEqual(8);
      expect(password.normalize("NFKC").toLowerCase()).toBe(password);
    }
  });

  test("the best known are among them", () => {
    for (const password of [
      "password",
      "12345678",
      "qwertyuiop",
      "iloveyou",
      "password1",
      "trustno1",
      "pa$$w0rd",
    ]) {
      expect(commonPasswords.has(password)).toBe(true);
    }
  });

  test("each is refused, in lower case, in upper case and in full-width letters", async () => {
    const policy = createPasswordPolicy();
    for (const password of commonPasswords) {
      for (const spelling of [password, password.toUpperCase(), toFullWidth(password)]) {
        await expect(policy.check(spelling, { email: "a@example.com" })).rejects.toMatchObject({
          data: { reason: "common" },
        });
      }
    }
  });

  test.each([
    { password: "alice.liddell", email: "alice.liddell@example.com" },
    { password: "xx-Alice.Liddell-1862", email: "alice.liddell@example.com" },
    { password: "ALICE-in-wonderland", email: "alice+shop@example.com" },
    { password: "my-Wispy App-password", appName: "Wispy App" },
    { password: "my-wispyapp-password", appName: "Wispy App" },
    { password: "my-ｗｉｓｐｙａｐｐ-password", appName: "WISPY APP" },
    { password: "straße-password-9", appName: "STRASSE", expected: null },
    { password: "bobsleigh-run-9", email: "bob@example.com", expected: null },
    { password: "example-com-rules", email: "alice@example.com", expected: null },
    { password: "vqzjxkwb", email: "no-at-sign", expected: null },
    { password: "vqzjxkwb", email: "", appName: "    ", expected: null },
  ])(
    "$password with $email and $appName",
    async ({ password, expected = "contains_context", ...context }) => {
      expect(await refusal(password, context)).toBe(expected);
    },
  );

  test("the application's own check is asked last, about the NFKC form, and may take its time", async () => {
    const asked: unknown[] = [];
    const isAllowed = async (password: string, context: PasswordContext): Promise<boolean> => {
      asked.push([password, context.email]);
      return Promise.resolve(password !== "refuse this one");
    };
    expect(await refusal("password", { isAllowed })).toBe("common");
    expect(asked).toEqual([]);
    expect(await refusal("refuse this one", { isAllowed })).toBe("not_allowed");
    expect(await refusal("café ﬁne".normalize("NFD"), { isAllowed })).toBeNull();
    expect(asked).toEqual([
      ["refuse this one", "a@example.com"],
      ["café fine", "a@example.com"],
    ]);
  });

  test("what the application's own check throws reaches the caller", async () => {
    const isAllowed = (): boolean => {
      throw new Error("the breach service is down");
    };
    await expect(refusal("vqzjxkwb", { isAllowed })).rejects.toThrow("the breach service is down");
  });
});

test("PW-10: any well-formed password of legal length that is not on the list is accepted", async () => {
  const password = fc.oneof(
    fc.string({ unit: "binary", minLength: 8, maxLength: 200 }),
    fc.string({ unit: "grapheme", minLength: 8, maxLength: 60 }),
    fc.string({ unit: fc.constantFrom("a", "1", " "), minLength: 8, maxLength: 64 }),
  );
  const policy = createPasswordPolicy();
  await fc.assert(
    fc.asyncProperty(password, async (text) => {
      const normalised = text.normalize("NFKC");
      fc.pre(Array.from(text).length >= 8 && Array.from(normalised).length >= 8);
      fc.pre(Buffer.byteLength(text) <= 1024 && !commonPasswords.has(normalised.toLowerCase()));
      await policy.check(text, { email: "a@example.com" });
    }),
    fuzzRuns(5_000, 200_000),
  );
});

test("no message of a refusal holds the password or the address", async () => {
  const canary = "canary-0c1b9f";
  for (const password of [canary.slice(0, 7), `${canary}\ud800`, `${canary}-secret`, canary.repeat(200)]) {
    const policy = createPasswordPolicy({ isAllowed: () => false });
    const error: unknown = await policy
      .check(password, { email: `${canary}@example.com` })
      .catch((e: unknown) => e);
    expect(JSON.stringify([String(error), error])).not.toContain("canary");
  }
});

function toFullWidth(text: string): string {
  return text.replaceAll(/[!-~]/g, (character) => String.fromCodePoint(character.charCodeAt(0) + 0xfee0));
}
