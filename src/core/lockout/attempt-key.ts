import { hash } from "node:crypto";
import type { EmailAddress } from "../input/email-address.ts";

/**
 * What failed sign-ins of one account count against. Made of the address alone, so an account that does not
 * exist fills and locks like one that does; hashed, so the table holds no addresses.
 */
export function accountKey(email: Pick<EmailAddress, "canonical">): string {
  return `account:${hash("sha256", email.canonical, "base64url")}`;
}

/** What failed sign-ins from a known device of the account count against. */
export function deviceKey(deviceId: string): string {
  return `device:${deviceId}`;
}

/** What wrong passwords of somebody signed in count against. */
export function confirmationKey(userId: string): string {
  return `confirm:${userId}`;
}
