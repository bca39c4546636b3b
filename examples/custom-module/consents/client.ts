import { defineClientModule, type SignUpOf } from "wispy-auth/client";
import type { consentContracts } from "./consent-contracts.ts";
import type { consents } from "./consents.ts";

/**
 * For pages: `client.consents`, and the field `acceptedVersions` of a sign-up. The types come from the contracts and from
 * the module; nothing of their code does.
 */
export const consentsClient = defineClientModule<
  typeof consentContracts,
  SignUpOf<ReturnType<typeof consents>>
>("consents", {
  documents: "GET /consents/documents",
  list: "GET /consents/own",
  accept: "POST /consents/own",
  history: "GET /consents/history",
  withdraw: "DELETE /consents/own/:document",
});
