import { boolean, bytes, nullable, table, text, timestamp, uuid } from "../../module.ts";

/** Who somebody is at a provider, and whose account that opens. One row for each provider and subject. */
export const oauthIdentities = table("oauth_identities", {
  id: uuid,
  userId: uuid,
  /** As the application calls the provider: its id. */
  provider: text,
  /** The provider's own name for them, which outlives every change of an address. */
  subject: text,
  /** As the provider told it when the accounts were linked. Nobody is found by it. */
  email: nullable(text),
  emailVerified: boolean,
  /** The provider's tokens, sealed for the row's id; `null` where they are not kept. */
  sealedTokens: nullable(text),
  createdAt: timestamp,
});

/** Ways to a provider that somebody has set out on and not come back from. */
export const oauthStates = table("oauth_states", {
  stateHash: bytes,
  /** Of the mark in the browser that set out: no other may come back. */
  browserHash: bytes,
  provider: text,
  /** The rest of the `Flow`, sealed for the state. */
  sealed: text,
  expiresAt: timestamp,
});

export const oauthTables = [oauthIdentities.info, oauthStates.info];
