import { github, google, type OAuthProvider, oidc } from "wispy-auth/oauth";

import type { ProviderSettings } from "./provider-settings.ts";

/** A way to sign in, as its button says it. */
export interface ProviderName {
  readonly id: string;
  readonly name: string;
}

/** The id of the issuer that is set by `OIDC_ISSUER`: in its redirect URI, so never to be changed. */
const issuerId = "oidc";

/** The providers as wispy-auth takes them. */
export function openProviders(settings: ProviderSettings): readonly OAuthProvider[] {
  const { google: googleClient, github: gitHubClient, oidc: issuer } = settings;
  return [
    ...(googleClient === null ? [] : [google(googleClient)]),
    ...(gitHubClient === null ? [] : [github(gitHubClient)]),
    ...(issuer === null ? [] : [oidc({ ...issuer, id: issuerId })]),
  ];
}

/** What they are called on pages, in the same order. */
export function nameProviders(settings: ProviderSettings): readonly ProviderName[] {
  return [
    ...(settings.google === null ? [] : [{ id: "google", name: "Google" }]),
    ...(settings.github === null ? [] : [{ id: "github", name: "GitHub" }]),
    ...(settings.oidc === null ? [] : [{ id: issuerId, name: settings.oidc.name }]),
  ];
}
