import { createHash } from "node:crypto";
import type { EmailAddress } from "../input/email-address.ts";

/**
 * What failed sign-ins of one account count against. Made of the address alone, so an account that does not
 * exist fills and locks like one that does; hashed, so the table holds no addresses.
 */
export function accountKey(email: Pick<EmailAddress, "canonical">): string {
  return `account:${createHash("sha256").update(email.canonical).digest("base64url")}`;
}

/** What wrong passwords of somebody signed in count against. */
export function confirmationKey(userId: string): string {
  return `confirm:${userId}`;
}
