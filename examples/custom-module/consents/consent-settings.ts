import { AuthError } from "wispy-auth/module";
import type { AcceptedVersions, ConsentDocument } from "./consents-api.ts";

export interface ConsentOptions {
  /** What users accept, by name, each in the version that is in force. */
  readonly documents: Readonly<
    Record<string, { readonly version: string; readonly url: string; readonly required?: boolean }>
  >;
  /** How long records of users who are gone are kept, without a name. Default three years. */
  readonly keepForgottenDays?: number;
}

export interface ConsentSettings {
  readonly documents: ReadonlyMap<string, ConsentDocument>;
  readonly keepForgottenSeconds: number;
}

/** @throws AuthError `configuration_invalid` */
export function resolveOptions({ documents, keepForgottenDays = 3 * 365 }: ConsentOptions): ConsentSettings {
  const resolved = new Map<string, ConsentDocument>();
  for (const [document, { version, url, required = false }] of Object.entries(documents)) {
    // A name is a segment of a path: letters, digits and dashes.
    if (!/^[A-Za-z][A-Za-z0-9-]{0,39}$/.test(document)) throw invalid(`documents: ${document} is no name`);
    if (version === "" || version.length > 40)
      throw invalid(`documents.${document}: version has 1 to 40 characters`);
    resolved.set(document, { document, version, url, required });
  }
  if (resolved.size === 0) throw invalid("documents: there is nothing to accept");
  if (!(keepForgottenDays >= 0)) throw invalid("keepForgottenDays is not a number of days");
  return { documents: resolved, keepForgottenSeconds: keepForgottenDays * 86_400 };
}

/**
 * Refuses versions that nobody can have been shown today.
 * @throws AuthError `consents.outdated`, `consents.unknown_document`
 */
export function requireInForce({ documents }: ConsentSettings, versions: AcceptedVersions): void {
  for (const [document, version] of Object.entries(versions)) {
    const inForce = documents.get(document);
    if (inForce === undefined)
      throw new AuthError("consents.unknown_document", { message: "There is no such document" });
    if (inForce.version === version) continue;
    throw new AuthError("consents.outdated", {
      message: "Another version is in force by now: show it, and ask again",
      data: { document, version: inForce.version },
    });
  }
}

/** @throws AuthError `consents.required` */
export function requireComplete({ documents }: ConsentSettings, versions: AcceptedVersions): void {
  const missing = [...documents.values()].filter(
    ({ document, required }) => required && !Object.hasOwn(versions, document),
  );
  if (missing.length === 0) return;
  throw new AuthError("consents.required", {
    message: "There is something to accept first",
    data: { documents: missing.map(({ document }) => document) },
  });
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message: `consents: ${message}` });
}
