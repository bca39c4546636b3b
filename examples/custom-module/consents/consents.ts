import { defineModule } from "wispy-auth/module";
import { signUpField } from "./consent-schemas.ts";
import { requireComplete, requireInForce, resolveOptions, type ConsentOptions } from "./consent-settings.ts";
import * as statements from "./consent-statements.ts";
import { consentRecords } from "./consent-tables.ts";
import type { Consents } from "./consents-api.ts";
import { createConsents } from "./migrations/001-consents.ts";
import {
  accept,
  isUuid,
  listConsents,
  recordsOf,
  withdraw,
  type ConsentEnvironment,
} from "./record-consents.ts";

/**
 * What users have accepted, in which version and when: asked for at the sign-up, in its transaction, and again when
 * another version comes into force.
 *
 * @throws AuthError `configuration_invalid`
 * @example
 * const auth = await createAuth({
 *   database,
 *   modules: [consents({ documents: { terms: { version: "2026-01", url: "/terms", required: true } } })],
 * });
 * await auth.signUp({ email, password, acceptedVersions: { terms: "2026-01" } });
 */
export function consents(options: ConsentOptions) {
  const settings = resolveOptions(options);
  return defineModule({
    name: "consents",
    migrations: [createConsents],
    tables: [consentRecords.info],
    statements: Object.values(statements),
    errors: {
      "consents.required": { status: 422, title: "There is something to accept first" },
      "consents.outdated": { status: 409, title: "Another version is in force by now" },
      "consents.unknown_document": { status: 422, title: "There is no such document" },
      "consents.needed": { status: 409, title: "There is no account without it" },
    },
    eventTypes: ["consents.accepted", "consents.withdrawn"],
    signUpFields: { acceptedVersions: signUpField },
    start(context) {
      const environment: ConsentEnvironment = { ...context, settings };
      const { database, clock } = context;
      const api = consentsApi(environment);
      return {
        api,
        hooks: {
          signUp({ fields: { acceptedVersions = {} }, client }) {
            // Before the password is hashed, and with no connection held.
            requireInForce(settings, acceptedVersions);
            requireComplete(settings, acceptedVersions);
            const words = Object.entries(acceptedVersions).map(([document, version]) => {
              return { document, version, number: 1 };
            });
            if (words.length === 0) return null;
            return ({ user }) => {
              const records = recordsOf(environment, { userId: user.id, accepted: true, words, client });
              return function* (tx) {
                yield* tx.all(records);
                return { accepted: words.map(({ document }) => document) };
              };
            };
          },
          userDeleted({ id }) {
            const now = clock.now();
            return function* (tx) {
              yield* tx.run(statements.forgetUser, { userId: id, now });
            };
          },
        },
        routes: async () => {
          // Loaded with the first request: programs that only call the library need none of it.
          const { consentRoutes } = await import("./consent-routes.ts");
          return consentRoutes(api);
        },
        cleanUp: {
          forgotten(limit) {
            const before = new Date(clock.now().getTime() - settings.keepForgottenSeconds * 1_000);
            return database.run(statements.deleteForgotten, { before, limit });
          },
        },
      };
    },
  });
}

function consentsApi(environment: ConsentEnvironment): Consents {
  const { database, settings } = environment;
  return {
    documents: [...settings.documents.values()],
    list: (userId) => listConsents(environment, userId),
    async missing(userId) {
      const all = await listConsents(environment, userId);
      return all
        .filter(({ required, acceptedVersion, version }) => required && acceptedVersion !== version)
        .map(({ document, version, url, required }) => ({ document, version, url, required }));
    },
    accept: (input) => accept(environment, input),
    withdraw: (input) => withdraw(environment, input),
    history: async (userId) =>
      isUuid(userId) ? database.many(statements.listRecords, { userId, limit: 100 }) : [],
  };
}
