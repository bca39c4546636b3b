import { AuthError, implementRoute, readClientDetails, type Route } from "wispy-auth/module";
import { consentContracts } from "./consent-contracts.ts";
import type { Consents, ConsentStatus } from "./consents-api.ts";

/** What a sign-up form shows, and what a signed-in user sees and says; everything is the user's own. */
export function consentRoutes(api: Consents): readonly Route[] {
  return [
    implementRoute(consentContracts.documents, async () => ({ body: { documents: [...api.documents] } })),
    ...ownRoutes(api),
    implementRoute(consentContracts.withdraw, async ({ current, params, context }) => {
      const withdrawal = { userId: current.user.id, document: params["document"] ?? "" };
      if (await api.withdraw({ ...withdrawal, client: readClientDetails(context) })) return { body: null };
      throw new AuthError("not_found", { message: "There is no consent to it." });
    }),
  ];
}

function ownRoutes(api: Consents): readonly Route[] {
  return [
    implementRoute(consentContracts.list, async ({ current }) => ({
      body: toBody(await api.list(current.user.id)),
    })),
    implementRoute(consentContracts.accept, async ({ current, context, input: { versions } }) => {
      const client = readClientDetails(context);
      return { body: toBody(await api.accept({ userId: current.user.id, versions, client })) };
    }),
    implementRoute(consentContracts.history, async ({ current }) => {
      const records = await api.history(current.user.id);
      const toJson = records.map((record) => ({ ...record, occurredAt: record.occurredAt.toISOString() }));
      return { body: { records: toJson } };
    }),
  ];
}

function toBody(consents: readonly ConsentStatus[]) {
  return {
    consents: consents.map((consent) => ({
      ...consent,
      acceptedAt: consent.acceptedAt?.toISOString() ?? null,
    })),
  };
}
