import { AuthError, implementRoute, readClientDetails, type Route } from "wispy-auth/module";
import { acceptInput, consentsShape, documentsShape, historyShape } from "./consent-schemas.ts";
import type { Consents, ConsentStatus } from "./consents-api.ts";

/** What a sign-up form shows, and what a signed-in user sees and says; everything is the user's own. */
export function consentRoutes(api: Consents): readonly Route[] {
  return [documentsRoute(api), ...ownRoutes(api), withdrawRoute(api)];
}

function documentsRoute(api: Consents): Route {
  return implementRoute(
    {
      id: "consents.documents",
      method: "GET",
      path: "/consents/documents",
      summary: "What there is to accept, in the versions in force",
      credential: "none",
      input: null,
      status: 200,
      output: documentsShape,
      errors: [],
    },
    async () => ({ body: { documents: [...api.documents] } }),
  );
}

function ownRoutes(api: Consents): readonly Route[] {
  const own = { path: "/consents/own", credential: "session", status: 200, output: consentsShape } as const;
  return [
    implementRoute(
      {
        ...own,
        id: "consents.list",
        method: "GET",
        summary: "Every document, and what the user has said to it",
        input: null,
        errors: ["unauthenticated"],
      },
      async ({ current }) => ({ body: toBody(await api.list(current.user.id)) }),
    ),
    implementRoute(
      {
        ...own,
        id: "consents.accept",
        method: "POST",
        summary: "Accept documents, in the versions that were shown",
        input: acceptInput,
        errors: [
          "unauthenticated",
          "invalid_input",
          "not_found",
          "consents.outdated",
          "consents.unknown_document",
        ],
      },
      async ({ current, context, input: { versions } }) => {
        const client = readClientDetails(context);
        return { body: toBody(await api.accept({ userId: current.user.id, versions, client })) };
      },
    ),
    implementRoute(
      {
        id: "consents.history",
        method: "GET",
        path: "/consents/history",
        summary: "All that the user has accepted and withdrawn, newest first",
        credential: "session",
        input: null,
        status: 200,
        output: historyShape,
        errors: ["unauthenticated"],
      },
      async ({ current }) => {
        const records = await api.history(current.user.id);
        const toJson = records.map((record) => ({ ...record, occurredAt: record.occurredAt.toISOString() }));
        return { body: { records: toJson } };
      },
    ),
  ];
}

function withdrawRoute(api: Consents): Route {
  return implementRoute(
    {
      id: "consents.withdraw",
      method: "DELETE",
      path: "/consents/own/:document",
      summary: "Withdraw the consent to a document that is not required",
      credential: "session",
      input: null,
      status: 204,
      output: null,
      errors: ["unauthenticated", "not_found", "consents.needed"],
    },
    async ({ current, params, context }) => {
      const withdrawal = { userId: current.user.id, document: params["document"] ?? "" };
      if (await api.withdraw({ ...withdrawal, client: readClientDetails(context) })) return { body: null };
      throw new AuthError("not_found", { message: "There is no consent to it." });
    },
  );
}

function toBody(consents: readonly ConsentStatus[]) {
  return {
    consents: consents.map((consent) => ({
      ...consent,
      acceptedAt: consent.acceptedAt?.toISOString() ?? null,
    })),
  };
}
