import {
  createAuthClient,
  defineClientModule,
  type AuthClientError,
  type ClientModule,
  type PendingSignIn,
  type SignedIn,
  type SignUpOf,
} from "wispy-auth/client";
import { emailVerificationClient } from "wispy-auth/email-verification/client";
import { defineContract } from "wispy-auth/module";
import { boundedText, strictInput } from "wispy-auth/module/input";
import { oauthClient } from "wispy-auth/oauth/client";
import { passwordResetClient } from "wispy-auth/password-reset/client";
import type { RedemptionAnswer, referrals } from "wispy-auth/referrals";
import { referralsClient } from "wispy-auth/referrals/client";
import { twoFactorClient } from "wispy-auth/two-factor/client";
import type { Equal, Expect } from "./expect-type.ts";

const account = { email: "", password: "" };

// Without modules: the core's routes, and no more.
const bare = createAuthClient({ baseUrl: "/auth" });
const current = await bare.getSession();
export type UserHasText = Expect<Equal<typeof current.user.createdAt, string>>;
export type NoBody = Expect<Equal<Awaited<ReturnType<typeof bare.signOut>>, void>>;
export type SessionOrStep = Expect<Equal<Awaited<ReturnType<typeof bare.signIn>>, SignedIn | PendingSignIn>>;
void bare.revokeSession({ id: "" }, { signal: new AbortController().signal, headers: { "x-a": "b" } });
void bare.deleteUser({ password: "" });
// @ts-expect-error the name in the path is asked for
void bare.revokeSession();
// @ts-expect-error there is no such name in the path
void bare.revokeSession({ session: "" });
// @ts-expect-error a field of the body is missing
void bare.signIn({ email: "" });
// @ts-expect-error it takes nothing
void bare.listSessions({ limit: 10 });
// @ts-expect-error the module's client is not there
void bare.referrals;
// @ts-expect-error nor is its field of a sign-up
void bare.signUp({ ...account, referralCode: "" });
// @ts-expect-error the base path is required
void createAuthClient({});

const client = createAuthClient({
  baseUrl: "/auth",
  modules: [emailVerificationClient, oauthClient, passwordResetClient, referralsClient, twoFactorClient],
});

// Sign-ups: fields and answers of the modules that have any.
const signedUp = await client.signUp({ ...account, referralCode: "ADA-2026" });
if ("pending" in signedUp) {
  const step: string = signedUp.pending.step;
  void step;
} else {
  const { referrals: answer, user } = signedUp;
  void user;
  if (answer?.redeemed === true) void answer.program;
  // @ts-expect-error a module without an answer has none
  void signedUp.twoFactor;
}
void client.signUp(account);
// @ts-expect-error a code is text
void client.signUp({ ...account, referralCode: 7 });
// @ts-expect-error no field of anybody's
void client.signUp({ ...account, invitation: "" });

// What the client says of the module's part in the sign-up is what the module says.
type OfModule = SignUpOf<ReturnType<typeof referrals>>;
type OfClient = SignUpOf<typeof referralsClient>;
export type SameAnswer = Expect<Equal<OfModule["answer"], RedemptionAnswer>>;
export type SameFields = Expect<Equal<keyof OfModule["fields"], keyof OfClient["fields"]>>;
export const answerOfModule = (answer: OfModule["answer"]): OfClient["answer"] => answer;

// Paths, parameters and bodies are one object.
const { referrals: list } = await client.referrals.listReferrals({ limit: 10, after: undefined });
export type State = Expect<Equal<(typeof list)[number]["state"], "pending" | "qualified" | "rejected">>;
void client.referrals.listReferrals();
void client.referrals.createCode();
void client.referrals.updateCode({ id: "", maxUses: null, paused: true });
void client.twoFactor.disable({ factor: "totp", method: "totp", code: "" });
const { url } = await client.oauth.start({ provider: "google", redirectTo: "/welcome" });
export type Url = Expect<Equal<typeof url, string>>;
export type Answered = Expect<
  Equal<Awaited<ReturnType<typeof client.twoFactor.answer>>, SignedIn | PendingSignIn>
>;
// @ts-expect-error a limit is a number
void client.referrals.listReferrals({ limit: "10" });
// @ts-expect-error no parameter of the route
void client.referrals.listReferrals({ page: 2 });
// @ts-expect-error no method of the module
void client.referrals.removeCode({ id: "" });
// @ts-expect-error the body has a method of its own
void client.twoFactor.disable({ factor: "totp", code: "" });
// @ts-expect-error a provider sends the browser there; nobody calls it
void client.oauth.callback({ provider: "google" });

// A module of anybody's.
const noteContracts = {
  add: defineContract({
    id: "notes.add",
    method: "POST",
    path: "/notes/:folder/:shelf",
    summary: "",
    credential: "session",
    input: strictInput({ title: boundedText(80) }),
    status: 204,
    output: null,
    errors: [],
  }),
  enter: defineContract({
    id: "notes.enter",
    method: "POST",
    path: "/notes/enter",
    summary: "",
    credential: "none",
    input: null,
    status: 200,
    output: "signedIn",
    errors: [],
  }),
} as const;
type Notes = typeof noteContracts;
const table = { add: "POST /notes/:folder/:shelf", enter: "POST /notes/enter" } as const;
const notes = defineClientModule<Notes, { fields: { title: string; tag: string | undefined }; answer: Date }>(
  "notes",
  table,
);
const withNotes = createAuthClient({ baseUrl: "/auth", modules: [notes, referralsClient] });
const added = withNotes.notes.add({ folder: "", shelf: "", title: "" });
export type Added = Expect<Equal<typeof added, Promise<void>>>;
const entered = withNotes.notes.enter();
export type Entered = Expect<Equal<typeof entered, Promise<SignedIn | PendingSignIn>>>;
const noted = await withNotes.signUp({ ...account, title: "" });
if (!("pending" in noted)) {
  const time: string | null = noted.notes;
  void time;
}
// @ts-expect-error a name of the path is missing
void withNotes.notes.add({ folder: "", title: "" });
// @ts-expect-error the module's field is asked for
void withNotes.signUp(account);

// A table that disagrees with the contracts.
// @ts-expect-error a line is missing
defineClientModule<Notes>("notes", { add: table.add });
// @ts-expect-error another method
defineClientModule<Notes>("notes", { ...table, add: "PUT /notes/:folder/:shelf" });
// @ts-expect-error another path
defineClientModule<Notes>("notes", { ...table, enter: "POST /notes" });
// @ts-expect-error a line too many
defineClientModule<Notes>("notes", { add: table.add, enter: table.enter, remove: "DELETE /notes" });
// @ts-expect-error another module's name
defineClientModule<Notes>("note", table);

// Where the types do not say which modules there are, the core's routes are there all the same.
declare const some: readonly ClientModule[];
const unknown = createAuthClient({ baseUrl: "/auth", modules: some });
void unknown.getSession();

declare const error: AuthClientError;
if (error.code === "unauthenticated" || error.code === "network_error") void error.retryAfterSeconds;
if (error.code === "referrals.code_taken") void error.data;
