import { boundedText, strictInput } from "wispy-auth/module/input";
import * as z from "zod/mini";

const timestamp = z.iso.datetime();
const short = boundedText(64);

/** The versions that were shown and accepted, by document. */
export const versionsInput = z.record(short, short, "must have the accepted version of each document");

export const signUpField = z.optional(versionsInput);

export const acceptInput = strictInput({ versions: versionsInput });

const document = {
  document: z.string(),
  version: z.string(),
  url: z.string(),
  required: z.boolean(),
};

export const documentsShape = z.strictObject({ documents: z.array(z.strictObject(document)) });

export const consentsShape = z.strictObject({
  consents: z.array(
    z.strictObject({
      ...document,
      acceptedVersion: z.nullable(z.string()),
      acceptedAt: z.nullable(timestamp),
    }),
  ),
});

export const historyShape = z.strictObject({
  records: z.array(
    z.strictObject({
      id: z.uuid(),
      document: z.string(),
      version: z.string(),
      accepted: z.boolean(),
      occurredAt: timestamp,
    }),
  ),
});
