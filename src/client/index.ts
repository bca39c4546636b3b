// For browsers too: nothing that is reached from here by an import that remains at run time is outside this folder.
export { AuthClientError } from "./auth-client-error.ts";
export type { AuthClientErrorCode, AuthClientErrorDetails } from "./auth-client-error.ts";
export type { AuthClientOptions, CallOptions, ClientFetch, ClientSettings } from "./client-options.ts";
export { defineClientModule } from "./client-module.ts";
export type { ClientModule, SignUpOf, SignUpTypes } from "./client-module.ts";
export { createAuthClient } from "./create-auth-client.ts";
export type { AuthClient, ClientSession, ClientUser, PendingSignIn, SignedIn } from "./create-auth-client.ts";
export type { SignInAnswer } from "./route-methods.ts";
