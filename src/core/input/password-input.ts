import { readPassword } from "../../crypto/read-password.ts";
import { AuthError } from "../../errors.ts";

/**
 * Checks that a password that is to be verified is one at all. What could never have been chosen is refused by
 * its form alone, whoever it is for, before anything is looked up.
 *
 * @throws AuthError `invalid_input`
 */
export function parsePasswordInput(value: unknown, path: string): string {
  if (typeof value === "string" && readPassword(value).text !== null) return value;
  throw new AuthError("invalid_input", {
    message: `${path} is not valid`,
    data: { issues: [{ path, message: "Enter a password of at most 1024 bytes" }] },
  });
}

/** @throws AuthError `invalid_input` for anything but a string; the policy judges the rest. */
export function requireString(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw new AuthError("invalid_input", {
    message: `${path} is not valid`,
    data: { issues: [{ path, message: "Must be text" }] },
  });
}
